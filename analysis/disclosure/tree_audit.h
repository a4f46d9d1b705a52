// Which figures of an index run must stay hidden so that the sensitive ones cannot be worked out.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"
#include "analysis/disclosure/linear_audit.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

// The figures of a run and how they are tied. Variable = unit * nodes + node.
struct FigureSystem {
  struct Figure {
    bool exists = false;  // a survey figure with a value; others are public or nothing
    std::uint64_t n = 0;
    double low = 0;   // what it can be; infinite where the model does not say
    double high = 0;
    double value = 0;
  };
  enum class Kind { tree, group, nested_groups };
  struct Tie {
    Equation equation;
    Kind kind = Kind::tree;
    // Holds to the last digit, so that it can be combined with others. Of parents in groups of units
    // it holds roughly only (weights differ from item to item), which by itself is telling enough.
    bool exact = true;
    // The first term is the parent or the group, the rest its children or members; for nested
    // groups the members of the difference and the inner group.
  };
  std::vector<Figure> figures;
  std::vector<Tie> ties;
};

FigureSystem figures_of(const index::IndexRun& run);

// Adds to `hidden` until no figure of `sensitive` (all of them hidden already) is determined by the
// others, or squeezed by one tie into less than rules.narrowest of its range, and no group of units
// minus its published members leaves fewer than the minimum.
void protect(const FigureSystem& system, const std::vector<bool>& sensitive,
             const DisclosureRules& rules, std::vector<bool>& hidden);

}  // namespace khaosat::disclosure
