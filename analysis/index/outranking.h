// Combining children by comparing units pair by pair instead of adding scores. Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace khaosat::index {

// Copeland's rule (OECD/JRC Handbook 2008, non-compensatory aggregation): a unit beats another if the
// children in which it stands higher carry more than half of the weight, ties counting half to each.
// Its score is the number of units it beats minus those that beat it: from -(K - 1) to K - 1.
// `scores`: one row per unit, one number per child, nothing for units that do not take part; weights
// >= 0 with a positive sum.
std::vector<std::optional<double>> copeland(std::span<const std::optional<std::vector<double>>> scores,
                                            std::span<const double> weights);

}  // namespace khaosat::index
