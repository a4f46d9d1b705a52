#include "analysis/index/aggregators.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/index/outranking.h"

namespace khaosat::index {
namespace {

using Numbers = std::span<const double>;

double sum_of(Numbers values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

Result<void> need_positive(Numbers scores, const char* name) {
  for (const double score : scores)
    if (!(score > 0))
      return fail(ErrorCode::out_of_range,
                  std::string("the ") + name +
                      " exists for scores above zero only; rescale the children to a range above 0");
  return {};
}

Result<Aggregated> weighted_mean(Numbers scores, Numbers weights, double) {
  Aggregated result;
  const double total = sum_of(weights);
  for (std::size_t k = 0; k < scores.size(); ++k) {
    result.value += weights[k] * scores[k];
    result.gradient.push_back(weights[k] / total);
  }
  result.value /= total;
  return result;
}

Result<Aggregated> weighted_sum(Numbers scores, Numbers weights, double) {
  Aggregated result;
  for (std::size_t k = 0; k < scores.size(); ++k) {
    result.value += weights[k] * scores[k];
    result.gradient.push_back(weights[k]);
  }
  return result;
}

// G = exp(sum v log x), dG/dx = G v / x, v = w / sum w.
Result<Aggregated> geometric_mean(Numbers scores, Numbers weights, double) {
  TRY_VOID(need_positive(scores, "geometric mean"));
  Aggregated result;
  const double total = sum_of(weights);
  double logarithm = 0;
  for (std::size_t k = 0; k < scores.size(); ++k) logarithm += weights[k] * std::log(scores[k]);
  result.value = std::exp(logarithm / total);
  for (std::size_t k = 0; k < scores.size(); ++k)
    result.gradient.push_back(result.value * weights[k] / total / scores[k]);
  return result;
}

// H = 1 / sum (v / x), dH/dx = H^2 v / x^2.
Result<Aggregated> harmonic_mean(Numbers scores, Numbers weights, double) {
  TRY_VOID(need_positive(scores, "harmonic mean"));
  Aggregated result;
  const double total = sum_of(weights);
  double reciprocal = 0;
  for (std::size_t k = 0; k < scores.size(); ++k) reciprocal += weights[k] / scores[k];
  result.value = total / reciprocal;
  for (std::size_t k = 0; k < scores.size(); ++k)
    result.gradient.push_back(result.value * result.value * weights[k] / total /
                              (scores[k] * scores[k]));
  return result;
}

// M = (sum v x^p)^(1/p), dM/dx = v (x / M)^(p - 1); p = 0 is the geometric mean.
Result<Aggregated> power_mean(Numbers scores, Numbers weights, double power) {
  if (power == 0) return geometric_mean(scores, weights, 0);
  TRY_VOID(need_positive(scores, "generalised mean"));
  Aggregated result;
  const double total = sum_of(weights);
  double powers = 0;
  for (std::size_t k = 0; k < scores.size(); ++k) powers += weights[k] * std::pow(scores[k], power);
  result.value = std::pow(powers / total, 1 / power);
  for (std::size_t k = 0; k < scores.size(); ++k)
    result.gradient.push_back(weights[k] / total * std::pow(scores[k] / result.value, power - 1));
  return result;
}

// The first of equal children carries the gradient; where two are nearly equal the error is rough.
template <typename Better>
Result<Aggregated> extreme(Numbers scores, Better better) {
  std::size_t chosen = 0;
  for (std::size_t k = 1; k < scores.size(); ++k)
    if (better(scores[k], scores[chosen])) chosen = k;
  Aggregated result{scores[chosen], std::vector<double>(scores.size(), 0)};
  result.gradient[chosen] = 1;
  return result;
}
Result<Aggregated> smallest(Numbers scores, Numbers, double) {
  return extreme(scores, [](double a, double b) { return a < b; });
}
Result<Aggregated> largest(Numbers scores, Numbers, double) {
  return extreme(scores, [](double a, double b) { return a > b; });
}

// name, takes weights, takes power, is a mean, needs positive scores, function by unit, function across units
constexpr std::array kAggregators = {
    Aggregator{"mean", false, false, true, false, weighted_mean},
    Aggregator{"weighted_mean", true, false, true, false, weighted_mean},
    Aggregator{"sum", false, false, false, false, weighted_sum},
    Aggregator{"weighted_sum", true, false, false, false, weighted_sum},
    Aggregator{"geometric_mean", true, false, true, true, geometric_mean},
    Aggregator{"harmonic_mean", true, false, true, true, harmonic_mean},
    Aggregator{"power_mean", true, true, true, true, power_mean},
    Aggregator{"minimum", false, false, true, false, smallest},
    Aggregator{"maximum", false, false, true, false, largest},
    Aggregator{"copeland", true, false, false, false, nullptr, copeland},
};

}  // namespace

std::span<const Aggregator> aggregators() { return kAggregators; }

const Aggregator* find_aggregator(std::string_view name) {
  for (const Aggregator& aggregator : kAggregators)
    if (aggregator.name == name) return &aggregator;
  return nullptr;
}

std::vector<std::string> aggregator_names() {
  std::vector<std::string> names;
  for (const Aggregator& aggregator : kAggregators) names.emplace_back(aggregator.name);
  return names;
}

}  // namespace khaosat::index
