// Weights that give each child the say it should have, instead of the say its spread gives it.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"

namespace khaosat::index {

// Weights w >= 0 with sum 1 such that the correlations of the children with their weighted sum are
// to each other as `targets` (Becker et al. 2017, Paruolo et al. 2013, in closed form: with
// standardised children the weights are R^-1 t, then divided by the standard deviations).
// `columns`: one vector per child, of equal length, complete units only; targets > 0.
// Refuses no_valid_answers (fewer than 3 complete units, a child that never varies), out_of_range (no
// weights above 0 can do that: children that move against each other, or repeat each other).
Result<std::vector<double>> balanced_weights(std::span<const std::vector<double>> columns,
                                             std::span<const double> targets);

}  // namespace khaosat::index
