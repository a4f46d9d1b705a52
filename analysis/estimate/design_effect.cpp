#include "analysis/estimate/design_effect.h"

#include <cmath>
#include <map>
#include <vector>

namespace khaosat::estimate {
namespace {

struct Cluster {
  double n = 0;
  double mean = 0;
};

struct Grouped {
  std::vector<Cluster> clusters;
  double n = 0;
  double mean = 0;
  double sum_of_squared_sizes = 0;
  double within = 0;   // sum of squares
  double between = 0;  // sum of squares
};

Result<Grouped> group(Answers y, std::span<const std::uint32_t> cluster) {
  if (y.size() != cluster.size())
    return fail(ErrorCode::design_invalid, "every answer needs its cluster");
  std::map<std::uint32_t, Cluster> found;
  Grouped grouped;
  for (std::size_t row = 0; row < y.size(); ++row) {
    if (std::isnan(y[row])) continue;
    if (std::isinf(y[row])) return fail(ErrorCode::design_invalid, "an answer is infinite");
    Cluster& here = found[cluster[row]];
    here.n += 1;
    here.mean += y[row];
    grouped.n += 1;
    grouped.mean += y[row];
  }
  if (found.size() < 2 || grouped.n < static_cast<double>(found.size()) + 1)
    return fail(ErrorCode::no_valid_answers,
                "clusters can be compared only if there are two, and two answers in one of them");
  grouped.mean /= grouped.n;
  for (auto& [id, here] : found) here.mean /= here.n;
  for (std::size_t row = 0; row < y.size(); ++row)
    if (!std::isnan(y[row])) grouped.within += std::pow(y[row] - found[cluster[row]].mean, 2);
  for (const auto& [id, here] : found) {
    grouped.between += here.n * std::pow(here.mean - grouped.mean, 2);
    grouped.sum_of_squared_sizes += here.n * here.n;
    grouped.clusters.push_back(here);
  }
  if (grouped.within + grouped.between <= 0)
    return fail(ErrorCode::out_of_range, "all answers are equal: there is nothing to compare");
  return grouped;
}

// Minus twice the restricted log-likelihood at ratio = between / within, the within variance
// profiled out, constants dropped.
struct Profile {
  double deviance = 0;
  double within = 0;
};
Profile profile(const Grouped& grouped, double ratio) {
  double information = 0;
  double centre = 0;
  double log_determinant = 0;
  for (const Cluster& cluster : grouped.clusters) {
    const double precision = cluster.n / (1 + cluster.n * ratio);
    information += precision;
    centre += precision * cluster.mean;
    log_determinant += std::log1p(cluster.n * ratio);
  }
  centre /= information;
  double squares = grouped.within;
  for (const Cluster& cluster : grouped.clusters)
    squares += cluster.n / (1 + cluster.n * ratio) * std::pow(cluster.mean - centre, 2);
  const double within = squares / (grouped.n - 1);
  return {(grouped.n - 1) * std::log(within) + log_determinant + std::log(information), within};
}

}  // namespace

Result<double> simple_sample_variance(const SampleDesign& design, Answers y, SimpleSample against,
                                      const Domain& domain) {
  const double spread = TRY(population_variance(design, y, domain)).value;
  if (!(spread > 0))
    return fail(ErrorCode::out_of_range, "all answers are equal: there is no design effect");
  double n = 0;
  double population = 0;
  for (std::size_t row = 0; row < y.size(); ++row) {
    if (std::isnan(y[row]) || design.weights()[row] == 0 || (!domain.empty() && domain[row] == 0))
      continue;
    n += 1;
    population += design.weights()[row];
  }
  if (against == SimpleSample::with_replacement) return spread / n;
  if (population <= n)
    return fail(ErrorCode::out_of_range,
                "weights that sum to no more than the sample describe a census: no design effect");
  return spread * (population - n) / (population * n);
}

Result<double> design_effect_of_mean(const SampleDesign& design, Answers y, SimpleSample against,
                                     const Domain& domain) {
  const double simple = TRY(simple_sample_variance(design, y, against, domain));
  const Linearized linearized = TRY(mean(design, y, domain));
  return TRY(variance(design, linearized)) / simple;
}

Result<double> design_effect_of_total(const SampleDesign& design, Answers y, SimpleSample against,
                                      const Domain& domain) {
  const double simple = TRY(simple_sample_variance(design, y, against, domain));
  double population = 0;
  for (std::size_t row = 0; row < y.size(); ++row)
    if (!std::isnan(y[row]) && (domain.empty() || domain[row] != 0))
      population += design.weights()[row];
  const Linearized linearized = TRY(total(design, y, domain));
  return TRY(variance(design, linearized)) / (simple * population * population);
}

Result<double> kish_effective_size(std::span<const double> weights) {
  double sum = 0;
  double squares = 0;
  for (const double weight : weights) {
    if (!std::isfinite(weight)) return fail(ErrorCode::weight_invalid, "a weight is missing or infinite");
    sum += weight;
    squares += weight * weight;
  }
  if (!(squares > 0)) return fail(ErrorCode::weights_sum_to_zero, "all weights are zero");
  return sum * sum / squares;
}

Result<IntraclassCorrelation> intraclass_correlation(Answers y,
                                                     std::span<const std::uint32_t> cluster) {
  const Grouped grouped = TRY(group(y, cluster));
  const double clusters = static_cast<double>(grouped.clusters.size());
  IntraclassCorrelation result;
  result.n = static_cast<std::uint64_t>(grouped.n);
  result.clusters = grouped.clusters.size();
  const double size_bias = grouped.sum_of_squared_sizes / grouped.n;
  result.mean_size = (grouped.n - size_bias) / (clusters - 1);
  const double between = grouped.between / (clusters - 1);
  const double within = grouped.within / (grouped.n - clusters);
  if (!(within > 0) && !(between > 0)) return fail(ErrorCode::out_of_range, "neither clusters nor the people in them differ at all");
  result.mean_square_between = between;
  result.mean_square_within = within;
  result.f = between / within;
  result.icc = (between - within) / (between + (result.mean_size - 1) * within);
  result.reliability_of_means = 1 - within / between;
  result.cluster_design_effect = 1 + (size_bias - 1) * result.icc;
  return result;
}

Result<VarianceComponents> variance_components(Answers y, std::span<const std::uint32_t> cluster) {
  const Grouped grouped = TRY(group(y, cluster));
  if (!(grouped.within > 0))
    return fail(ErrorCode::out_of_range, "people of one cluster do not differ at all");
  // The profile has one minimum in practice; search the logarithm by golden section.
  constexpr double kGolden = 0.6180339887498949;
  double low = std::log(1e-9);
  double high = std::log(1e6);
  for (int step = 0; step < 200; ++step) {
    const double left = high - kGolden * (high - low);
    const double right = low + kGolden * (high - low);
    if (profile(grouped, std::exp(left)).deviance < profile(grouped, std::exp(right)).deviance)
      high = right;
    else
      low = left;
  }
  double ratio = std::exp((low + high) / 2);
  if (profile(grouped, 0).deviance <= profile(grouped, ratio).deviance) ratio = 0;
  const double within = profile(grouped, ratio).within;
  return VarianceComponents{ratio * within, within, ratio / (1 + ratio)};
}

}  // namespace khaosat::estimate
