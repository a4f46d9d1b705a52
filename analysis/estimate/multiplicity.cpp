#include "analysis/estimate/multiplicity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace khaosat::estimate {
namespace {

double factor(MultiplicityMethod method, std::size_t rank, std::size_t tests, double harmonic) {
  const double m = static_cast<double>(tests);
  const double k = static_cast<double>(rank);  // 1 = smallest p
  switch (method) {
    case MultiplicityMethod::holm:
    case MultiplicityMethod::hochberg: return m - k + 1;
    case MultiplicityMethod::benjamini_hochberg: return m / k;
    case MultiplicityMethod::benjamini_yekutieli: return harmonic * m / k;
    default: return m;
  }
}

}  // namespace

Result<std::vector<double>> adjust_p_values(std::span<const double> p, MultiplicityMethod method) {
  for (const double value : p)
    if (!(value >= 0 && value <= 1))
      return fail(ErrorCode::out_of_range, "a p-value lies between 0 and 1", "p");
  const std::size_t m = p.size();
  std::vector<double> adjusted(m);
  if (method == MultiplicityMethod::sidak) {
    // 1 - (1 - p)^m without cancellation.
    for (std::size_t k = 0; k < m; ++k)
      adjusted[k] = -std::expm1(static_cast<double>(m) * std::log1p(-p[k]));
    return adjusted;
  }

  std::vector<std::size_t> order(m);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  double harmonic = 0;
  for (std::size_t k = 1; k <= m; ++k) harmonic += 1 / static_cast<double>(k);

  const auto raw = [&](std::size_t k) {
    return std::min(1.0, factor(method, k + 1, m, harmonic) * p[order[k]]);
  };
  if (method == MultiplicityMethod::holm) {
    double highest = 0;
    for (std::size_t k = 0; k < m; ++k) adjusted[order[k]] = highest = std::max(highest, raw(k));
  } else if (method == MultiplicityMethod::bonferroni) {
    for (std::size_t k = 0; k < m; ++k) adjusted[order[k]] = raw(k);
  } else {
    double lowest = 1;
    for (std::size_t k = m; k-- > 0;) adjusted[order[k]] = lowest = std::min(lowest, raw(k));
  }
  return adjusted;
}

double sidak_level(double level, std::size_t tests) {
  return std::pow(level, 1 / static_cast<double>(tests));
}
double bonferroni_level(double level, std::size_t tests) {
  return 1 - (1 - level) / static_cast<double>(tests);
}

std::string_view name_of(MultiplicityMethod method) {
  static constexpr std::array<std::string_view, 6> kNames = {
      "bonferroni", "sidak", "holm", "hochberg", "benjamini_hochberg", "benjamini_yekutieli"};
  return kNames[static_cast<std::size_t>(method)];
}

}  // namespace khaosat::estimate
