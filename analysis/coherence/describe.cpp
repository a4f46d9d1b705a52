#include "analysis/coherence/describe.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/treatment.h"

namespace khaosat::coherence {
namespace {

struct Pairs {
  std::vector<double> a;
  std::vector<double> b;
};

Pairs both(const Column& a, const Column& b) {
  Pairs pairs;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (!a[k] || !b[k]) continue;
    pairs.a.push_back(*a[k]);
    pairs.b.push_back(*b[k]);
  }
  return pairs;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Sum of products of deviations.
double products(const std::vector<double>& a, const std::vector<double>& b) {
  const double mean_a = mean_of(a);
  const double mean_b = mean_of(b);
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - mean_a) * (b[k] - mean_b);
  return sum;
}

bool all_equal(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); });
}

}  // namespace

Description describe(const Column& values) {
  Description result;
  result.units = values.size();
  std::vector<double> sorted;
  for (const auto& value : values)
    if (value) sorted.push_back(*value);
  result.n = sorted.size();
  if (sorted.empty()) return result;
  std::sort(sorted.begin(), sorted.end());
  result.lowest = sorted.front();
  result.highest = sorted.back();
  result.mean = mean_of(sorted);
  const std::size_t middle = sorted.size() / 2;
  result.median = sorted.size() % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  if (sorted.size() > 1)
    result.deviation = all_equal(sorted) ? 0 : std::sqrt(products(sorted, sorted) / static_cast<double>(sorted.size() - 1));
  if (!all_equal(sorted)) {
    const index::Shape shape = index::shape_of(values);
    if (sorted.size() > 2 && std::isfinite(shape.skew)) result.skew = shape.skew;
    if (sorted.size() > 3 && std::isfinite(shape.kurtosis)) result.kurtosis = shape.kurtosis;
  }
  for (std::size_t k = 0; k < sorted.size();) {
    std::size_t end = k;
    while (end < sorted.size() && sorted[end] == sorted[k]) ++end;
    ++result.distinct;
    result.most_alike = std::max(result.most_alike, end - k);
    if (sorted[k] == 0) result.zeros = end - k;
    k = end;
  }
  return result;
}

std::optional<Correlation> correlate(const Column& a, const Column& b) {
  const Pairs pairs = both(a, b);
  if (pairs.a.size() < 3 || all_equal(pairs.a) || all_equal(pairs.b)) return std::nullopt;
  const double squares = products(pairs.a, pairs.a) * products(pairs.b, pairs.b);
  if (!(squares > 0) || !std::isfinite(squares)) return std::nullopt;
  Correlation result;
  result.n = pairs.a.size();
  result.r = std::clamp(products(pairs.a, pairs.b) / std::sqrt(squares), -1.0, 1.0);
  const double degrees = static_cast<double>(result.n) - 2;
  const double rest = 1 - result.r * result.r;
  result.p_value = rest > 0 ? 2 * estimate::student_t_upper(std::fabs(result.r) * std::sqrt(degrees / rest), degrees) : 0;
  return result;
}

std::optional<CorrelationInterval> interval_of(const Correlation& correlation) {
  if (correlation.n < 4 || std::fabs(correlation.r) >= 1) return std::nullopt;
  const double reach = estimate::normal_quantile(0.975) / std::sqrt(static_cast<double>(correlation.n) - 3);
  const double z = std::atanh(correlation.r);
  return CorrelationInterval{std::tanh(z - reach), std::tanh(z + reach)};
}

std::optional<Correlation> correlate_ranks(const Column& a, const Column& b) {
  const Pairs pairs = both(a, b);
  const auto ranked = [](const std::vector<double>& values) {
    return index::ascending_ranks(Column(values.begin(), values.end()), index::TieRule::mean);
  };
  return correlate(ranked(pairs.a), ranked(pairs.b));
}

std::optional<double> cronbach_alpha(std::span<const Column> columns) {
  const std::size_t k = columns.size();
  if (k < 2) return std::nullopt;
  double diagonal = 0;
  double whole = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      const Pairs pairs = both(columns[i], columns[j]);
      if (pairs.a.size() < 2) return std::nullopt;
      const double covariance = products(pairs.a, pairs.b) / static_cast<double>(pairs.a.size() - 1);
      whole += covariance;
      if (i == j) diagonal += covariance;
    }
  }
  if (!(whole > 0) || !std::isfinite(whole)) return std::nullopt;
  return static_cast<double>(k) / static_cast<double>(k - 1) * (whole - diagonal) / whole;
}

}  // namespace khaosat::coherence
