#include "analysis/index/outranking.h"

#include <cmath>
#include <cstddef>

namespace khaosat::index {

std::vector<std::optional<double>> copeland(std::span<const std::optional<std::vector<double>>> scores,
                                            std::span<const double> weights) {
  std::vector<std::optional<double>> result(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i]) result[i] = 0;
  double total = 0;
  for (const double weight : weights) total += weight;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t j = i + 1; scores[i] && j < scores.size(); ++j) {
      if (!scores[j]) continue;
      double lead = 0;  // weight of children in which i is ahead, minus where it is behind
      for (std::size_t k = 0; k < weights.size(); ++k) {
        const double a = (*scores[i])[k];
        const double b = (*scores[j])[k];
        lead += a > b ? weights[k] : a < b ? -weights[k] : 0;
      }
      // 0.1 + 0.2 against 0.3 is a draw, whatever the last binary digit says.
      if (std::fabs(lead) <= 1e-12 * total) continue;
      *result[i] += lead > 0 ? 1 : -1;
      *result[j] -= lead > 0 ? 1 : -1;
    }
  }
  return result;
}

}  // namespace khaosat::index
