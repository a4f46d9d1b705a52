// Which figures of an index run must stay hidden so that the sensitive ones cannot be worked out.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"
#include "analysis/disclosure/interval_audit.h"
#include "analysis/disclosure/linear_audit.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

// The figures of one run or more and how they are tied.
struct FigureSystem {
  struct Figure {
    bool exists = false;  // a survey figure with a value; others are public or nothing
    std::uint64_t n = 0;
    double low = 0;   // what it can be; infinite where the model does not say
    double high = 0;
    double value = 0;
    // What is said of it even where it is hidden: a bound, or only the ends of its scale.
    Range told{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    // Where it is sensitive: no outsider may place it within less than this. 0: no such demand.
    double least_width = 0;
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
  // For each run, unit and node (unit * nodes + node): its figure. A question that two runs count alike is one
  // figure. One that they count differently is two, hidden together: each says much of the other.
  std::vector<std::vector<std::size_t>> figure_of;
  std::vector<std::pair<std::size_t, std::size_t>> together;
};

// Of several runs from the same answers; the first run's figures come first, in order.
FigureSystem figures_of(std::span<const index::IndexRun* const> runs);
FigureSystem figures_of(const index::IndexRun& run);

// Adds to `hidden` until no figure of `sensitive` (all of them hidden already) is determined by the
// others, squeezed by one tie into less than rules.narrowest of its range, or by all of them into less than its
// least width; until no group of units minus its published members leaves fewer than the minimum; and what
// belongs together is hidden together.
void protect(const FigureSystem& system, const std::vector<bool>& sensitive,
             const DisclosureRules& rules, std::vector<bool>& hidden);

}  // namespace khaosat::disclosure
