// THE LIST of ways to combine the scores of children into the score of their parent. Each gives a
// value and its gradient; errors of every node then follow by the chain rule (estimate::combine).
// Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat::index {

struct Aggregated {
  double value = 0;
  std::vector<double> gradient;  // d value / d score k
};

struct Aggregator {
  std::string_view name;
  bool takes_weights;  // otherwise weights in the model are a fault
  bool takes_power;
  // A mean may leave out missing children and share their weights among the others; a sum may not,
  // as it would silently become a smaller number.
  bool is_mean;
  bool needs_positive;  // all scores above zero
  // How a child's score becomes the parent's: unit by unit, or all units against each other. Exactly one
  // of the two is there. What compares units has no gradient, so no error, and no range of its own.
  // scores and weights of equal number, at least one; weights >= 0 with a positive sum (all 1 for
  // aggregators that take none). Refuses out_of_range where the formula is not defined.
  Result<Aggregated> (*combine)(std::span<const double> scores, std::span<const double> weights,
                                double power);
  // See outranking.h.
  std::vector<std::optional<double>> (*across)(std::span<const std::optional<std::vector<double>>> scores,
                                               std::span<const double> weights) = nullptr;
};

std::span<const Aggregator> aggregators();
// Null for a name that is not in the list.
const Aggregator* find_aggregator(std::string_view name);
std::vector<std::string> aggregator_names();

}  // namespace khaosat::index
