#include "analysis/robustness/sensitivity.h"

#include <algorithm>
#include <cmath>

#include "analysis/robustness/random_stream.h"

namespace khaosat::robustness {
namespace {

using Points = std::vector<std::vector<double>>;   // [point][number]
using Outputs = std::vector<std::vector<double>>;  // [point][output]

Points random_points(RandomStream& random, std::size_t count, std::size_t numbers) {
  Points points(count, std::vector<double>(numbers));
  for (auto& point : points)
    for (double& number : point) number = random.uniform();
  return points;
}

Result<Outputs> evaluate_all(const Points& points, const Evaluate& evaluate) {
  Outputs outputs;
  outputs.reserve(points.size());
  for (const auto& point : points) outputs.push_back(TRY(evaluate(point)));
  return outputs;
}

struct Shares {
  double first = 0;
  double total = 0;
};

// `rows`: indexes of points, repeated ones allowed (bootstrap). Values are centred, which changes
// neither share and loses no digits where the mean is large.
Shares shares_of(const Outputs& a, const Outputs& b, const Outputs& mixed, std::size_t output,
                 std::span<const std::size_t> rows) {
  const double n = static_cast<double>(rows.size());
  double mean = 0;
  for (const std::size_t row : rows) mean += (a[row][output] + b[row][output]) / (2 * n);
  double variance = 0;
  double first = 0;
  double total = 0;
  for (const std::size_t row : rows) {
    const double of_a = a[row][output] - mean;
    const double of_b = b[row][output] - mean;
    const double of_mixed = mixed[row][output] - mean;
    variance += (of_a * of_a + of_b * of_b) / (2 * n - 1);
    first += of_b * (of_mixed - of_a) / n;
    total += (of_a - of_mixed) * (of_a - of_mixed) / (2 * n);
  }
  if (!(variance > 0)) return {};
  return {first / variance, total / variance};
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const double position = share * static_cast<double>(values.size() - 1);
  const std::size_t below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (position - static_cast<double>(below)) * (values[above] - values[below]);
}

bool never_moves(const Outputs& a, const Outputs& b, std::size_t output) {
  const auto same = [&](const std::vector<double>& row) { return row[output] == a.front()[output]; };
  return std::all_of(a.begin(), a.end(), same) && std::all_of(b.begin(), b.end(), same);
}

}  // namespace

Result<std::vector<Sensitivity>> sensitivity(std::span<const Dimensions> factors, const Evaluate& evaluate,
                                             const SensitivityOptions& options) {
  if (factors.empty()) return fail(ErrorCode::out_of_range, "name at least one factor to vary");
  if (options.points < 8) return fail(ErrorCode::out_of_range, "a sensitivity analysis needs 8 points or more");
  std::size_t numbers = 0;
  for (const Dimensions& factor : factors) numbers += factor.count;
  RandomStream random(options.seed);
  const Points points_a = random_points(random, options.points, numbers);
  const Points points_b = random_points(random, options.points, numbers);
  const Outputs a = TRY(evaluate_all(points_a, evaluate));
  const Outputs b = TRY(evaluate_all(points_b, evaluate));
  std::vector<Outputs> mixed;
  std::size_t start = 0;
  for (const Dimensions& factor : factors) {
    Points points = points_a;
    for (std::size_t row = 0; row < points.size(); ++row)
      for (std::size_t k = start; k < start + factor.count; ++k) points[row][k] = points_b[row][k];
    start += factor.count;
    mixed.push_back(TRY(evaluate_all(points, evaluate)));
  }

  std::vector<std::size_t> all(options.points);
  for (std::size_t row = 0; row < all.size(); ++row) all[row] = row;
  std::vector<std::vector<std::size_t>> resampled(options.bootstrap, all);
  for (auto& rows : resampled)
    for (std::size_t& row : rows) row = random.below(options.points);

  const std::size_t outputs = a.front().size();
  std::vector<Sensitivity> results(outputs);
  for (std::size_t output = 0; output < outputs; ++output) {
    Sensitivity& result = results[output];
    result.evaluations = options.points * (factors.size() + 2);
    if (never_moves(a, b, output)) {
      result.mean = a.front()[output];
      for (const Dimensions& factor : factors) result.factors.push_back({factor.id, 0, 0, 0, 0, 0, 0});
      continue;
    }
    const double n = 2 * static_cast<double>(options.points);
    for (const Outputs* side : {&a, &b})
      for (const auto& row : *side) result.mean += row[output] / n;
    for (const Outputs* side : {&a, &b})
      for (const auto& row : *side)
        result.variance += (row[output] - result.mean) * (row[output] - result.mean) / (n - 1);
    for (std::size_t k = 0; k < factors.size(); ++k) {
      const Shares shares = shares_of(a, b, mixed[k], output, all);
      FactorShare share;
      share.factor = factors[k].id;
      share.first = shares.first;
      share.total = shares.total;
      std::vector<double> firsts;
      std::vector<double> totals;
      for (const auto& rows : resampled) {
        const Shares again = shares_of(a, b, mixed[k], output, rows);
        firsts.push_back(again.first);
        totals.push_back(again.total);
      }
      if (!resampled.empty()) {
        share.first_low = percentile(firsts, 0.05);
        share.first_high = percentile(firsts, 0.95);
        share.total_low = percentile(totals, 0.05);
        share.total_high = percentile(totals, 0.95);
      }
      result.factors.push_back(share);
    }
  }
  return results;
}

}  // namespace khaosat::robustness
