// THE LIST of ways a raw value becomes a score. Two kinds: fixed ones depend on the value and the
// model alone, so that a unit's score moves only when the unit does; relative ones depend on the
// other units of the run, and the model must say why it wants that. Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_model.h"
#include "base/result.h"

namespace khaosat::index {

struct Normalisation {
  std::string_view name;
  bool relative;       // depends on the other units
  bool needs_anchors;  // one for every year of the node
  bool uses_range;     // "to": [low, high]
  bool uses_ranks;     // "ties"
};

std::span<const Normalisation> normalisations();
const Normalisation* find_normalisation(std::string_view name);
std::vector<std::string> normalisation_names();

struct Scored {
  double value = 0;
  double slope = 1;  // d score / d raw; 0 where clamped
  bool clamped = false;
};

// Fixed methods: none, linear, min_max. Refuses anchor_degenerate (no anchor for the year, low =
// high) and out_of_range (not finite).
Result<Scored> score_fixed(double raw, const Scoring& scoring, int direction, int year);

// Relative methods: over all units of the run, nothing for units without a value; `ids` name the
// units. Refuses anchor_degenerate when all values are equal (where the method divides by their
// spread) or a target lies below all of them, definition_unknown for a reference unit that is not among them or has no value.
Result<std::vector<std::optional<double>>> score_relative(
    std::span<const std::optional<double>> raw, std::span<const std::string> ids,
    const Scoring& scoring, int direction);

// Ranks from the smallest value (1) upwards. Tied values share the lowest, the mean or the highest of
// their ranks; dense: 1, 2, 3 … over distinct values.
std::vector<std::optional<double>> ascending_ranks(std::span<const std::optional<double>> values,
                                                   TieRule ties);
std::optional<TieRule> find_tie_rule(std::string_view name);  // lowest, mean, highest, dense

}  // namespace khaosat::index
