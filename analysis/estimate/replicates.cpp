#include "analysis/estimate/replicates.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "analysis/estimate/distributions.h"
#include "analysis/estimate/linear_algebra.h"

namespace khaosat::estimate {
namespace {

std::vector<double> full_weights(const SampleDesign& design) {
  return {design.weights().begin(), design.weights().end()};
}

// Respondents' weights with each PSU multiplied by its factor.
std::vector<double> multiplied(const SampleDesign& design, const std::vector<double>& factor) {
  std::vector<double> weights = full_weights(design);
  for (std::size_t row = 0; row < weights.size(); ++row)
    weights[row] *= factor[design.psu_of_row()[row]];
  return weights;
}

bool is_census(const SampleDesign& design, std::size_t stratum) {
  return design.psus_in_population(stratum) == static_cast<double>(design.psus_sampled(stratum));
}

double correction(const SampleDesign& design, std::size_t stratum) {
  const double population = design.psus_in_population(stratum);
  if (std::isinf(population)) return 1;
  return 1 - static_cast<double>(design.psus_sampled(stratum)) / population;
}

Result<void> check_design(const SampleDesign& design) {
  if (design.rows() == 0)
    return fail(ErrorCode::design_invalid, "replicate weights need respondents");
  return {};
}

// The next of a stream of well mixed 64-bit numbers (SplitMix64, Steele, Lea & Flood 2014).
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

std::size_t draw_below(std::uint64_t& state, std::size_t bound) {
  // Values beyond the last whole multiple would favour small numbers.
  const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t value = next_random(state);
  while (value >= limit) value = next_random(state);
  return static_cast<std::size_t>(value % bound);
}

// Sign of row i, column j of Sylvester's Hadamard matrix.
bool hadamard_positive(std::size_t i, std::size_t j) {
  bool positive = true;
  for (std::size_t common = i & j; common != 0; common &= common - 1) positive = !positive;
  return positive;
}

}  // namespace

std::string_view name_of(ReplicateType type) {
  static constexpr std::array<std::string_view, 6> kNames = {"jk1", "jkn",       "brr",
                                                             "fay", "bootstrap", "other"};
  return kNames[static_cast<std::size_t>(type)];
}

Result<void> check_replicates(const ReplicateWeights& weights) {
  if (weights.full.empty() || weights.replicates.empty())
    return fail(ErrorCode::design_invalid, "there are no replicate weights");
  if (weights.rscales.size() != weights.replicates.size())
    return fail(ErrorCode::design_invalid, "every replicate needs its scale", "rscales");
  for (const double rscale : weights.rscales)
    if (!(rscale >= 0) || std::isinf(rscale))
      return fail(ErrorCode::design_invalid, "a scale is zero or more", "rscales");
  if (!(weights.scale >= 0) || std::isinf(weights.scale))
    return fail(ErrorCode::design_invalid, "a scale is zero or more", "scale");
  const auto finite = [](const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double w) { return std::isfinite(w); });
  };
  if (!finite(weights.full))
    return fail(ErrorCode::weight_invalid, "a weight is missing or infinite", "full");
  for (std::size_t r = 0; r < weights.replicates.size(); ++r) {
    const std::string where = "replicate " + std::to_string(r + 1);
    if (weights.replicates[r].size() != weights.full.size())
      return fail(ErrorCode::design_invalid, "a replicate needs one weight per respondent", where);
    if (!finite(weights.replicates[r]))
      return fail(ErrorCode::weight_invalid, "a weight is missing or infinite", where);
  }
  return {};
}

Result<ReplicateWeights> jackknife(const SampleDesign& design, ReplicateType type) {
  TRY_VOID(check_design(design));
  if (type != ReplicateType::jk1 && type != ReplicateType::jkn)
    return fail(ErrorCode::design_invalid, "the jackknife is jk1 or jkn");
  if (type == ReplicateType::jk1 && design.stratum_count() > 1)
    return fail(ErrorCode::design_invalid, "jk1 is for a sample without strata: use jkn");
  ReplicateWeights result;
  result.type = type;
  result.full = full_weights(design);
  std::size_t left_out = 0;
  for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum) {
    if (is_census(design, stratum)) continue;
    const std::size_t sampled = design.psus_sampled(stratum);
    if (sampled == 1) {
      const LonelyPsuPolicy policy = design.lonely_policy();
      if (policy != LonelyPsuPolicy::remove && policy != LonelyPsuPolicy::certainty &&
          policy != LonelyPsuPolicy::average)
        return fail(ErrorCode::lonely_psu, "one PSU was sampled there: it cannot be left out",
                    "stratum " + design.stratum_name(stratum));
      ++left_out;
      continue;
    }
    const double n = static_cast<double>(sampled);
    for (std::size_t out = design.first_psu(stratum); out < design.first_psu(stratum + 1); ++out) {
      std::vector<double> factor(design.psu_count(), 1);
      for (std::size_t psu = design.first_psu(stratum); psu < design.first_psu(stratum + 1); ++psu)
        factor[psu] = psu == out ? 0 : n / (n - 1);
      result.replicates.push_back(multiplied(design, factor));
      result.rscales.push_back(correction(design, stratum) * (n - 1) / n);
    }
  }
  if (result.replicates.empty())
    return fail(ErrorCode::design_invalid, "no stratum has two PSUs or more out of a larger number");
  if (design.lonely_policy() == LonelyPsuPolicy::average && left_out > 0) {
    const double strata = static_cast<double>(design.stratum_count());
    result.scale = strata / (strata - static_cast<double>(left_out));
  }
  if (type == ReplicateType::jk1) {
    result.scale = result.rscales[0];
    std::fill(result.rscales.begin(), result.rscales.end(), 1);
  }
  result.degrees_of_freedom = design_degrees_of_freedom(design);
  return result;
}

Result<ReplicateWeights> balanced_repeated(const SampleDesign& design, double rho) {
  TRY_VOID(check_design(design));
  if (!(rho >= 0 && rho < 1)) return fail(ErrorCode::out_of_range, "rho is 0 or more, below 1");
  const std::size_t strata = design.stratum_count();
  for (std::size_t stratum = 0; stratum < strata; ++stratum)
    if (design.psus_sampled(stratum) != 2)
      return fail(ErrorCode::design_invalid, "half-samples need two PSUs in every stratum",
                  "stratum " + design.stratum_name(stratum));
  std::size_t order = 1;
  while (order < strata + 1) order *= 2;

  ReplicateWeights result;
  result.type = rho == 0 ? ReplicateType::brr : ReplicateType::fay;
  result.full = full_weights(design);
  for (std::size_t r = 0; r < order; ++r) {
    std::vector<double> factor(design.psu_count());
    for (std::size_t stratum = 0; stratum < strata; ++stratum) {
      // Row 0 of the matrix is constant and would not balance.
      const bool first = hadamard_positive(stratum + 1, r);
      factor[design.first_psu(stratum)] = first ? 2 - rho : rho;
      factor[design.first_psu(stratum) + 1] = first ? rho : 2 - rho;
    }
    result.replicates.push_back(multiplied(design, factor));
  }
  result.scale = 1 / (static_cast<double>(order) * (1 - rho) * (1 - rho));
  result.rscales.assign(order, 1);
  result.degrees_of_freedom = design_degrees_of_freedom(design);
  return result;
}

Result<ReplicateWeights> bootstrap(const SampleDesign& design, std::size_t replicates,
                                   std::uint64_t seed) {
  TRY_VOID(check_design(design));
  if (replicates < 2) return fail(ErrorCode::out_of_range, "a bootstrap needs two replicates");
  for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum)
    if (design.psus_sampled(stratum) < 2)
      return fail(ErrorCode::lonely_psu, "one PSU was sampled there: it cannot be drawn from",
                  "stratum " + design.stratum_name(stratum));
  ReplicateWeights result;
  result.type = ReplicateType::bootstrap;
  result.full = full_weights(design);
  std::uint64_t state = seed;
  for (std::size_t r = 0; r < replicates; ++r) {
    std::vector<double> factor(design.psu_count(), 0);
    for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum) {
      const std::size_t sampled = design.psus_sampled(stratum);
      const double n = static_cast<double>(sampled);
      for (std::size_t draw = 0; draw + 1 < sampled; ++draw)
        factor[design.first_psu(stratum) + draw_below(state, sampled)] += n / (n - 1);
    }
    result.replicates.push_back(multiplied(design, factor));
  }
  result.scale = 1 / static_cast<double>(replicates - 1);
  result.rscales.assign(replicates, 1);
  result.degrees_of_freedom = design_degrees_of_freedom(design);
  return result;
}

Result<ReplicateWeights> recalibrated(
    const SampleDesign& design, const ReplicateWeights& weights,
    const std::function<Result<SampleDesign>(const SampleDesign&)>& step) {
  TRY_VOID(check_replicates(weights));
  ReplicateWeights result = weights;
  const auto adjust = [&](std::vector<double>& set) -> Result<void> {
    const SampleDesign base = TRY(design.with_weights(set, nullptr));
    const SampleDesign adjusted = TRY(step(base));
    set.assign(adjusted.weights().begin(), adjusted.weights().end());
    return {};
  };
  TRY_VOID(adjust(result.full));
  for (auto& replicate_weights : result.replicates) TRY_VOID(adjust(replicate_weights));
  return result;
}

Result<ReplicateEstimates> replicate(const ReplicateWeights& weights, const Statistic& statistic) {
  TRY_VOID(check_replicates(weights));
  ReplicateEstimates estimates;
  estimates.value = TRY(statistic(weights.full));
  estimates.replicates.reserve(weights.replicates.size());
  for (const auto& set : weights.replicates) estimates.replicates.push_back(TRY(statistic(set)));
  return estimates;
}

double replicate_covariance(const ReplicateWeights& weights, const ReplicateEstimates& first,
                            const ReplicateEstimates& second) {
  const auto centre = [&](const ReplicateEstimates& estimates) {
    if (weights.centre == ReplicateCentre::full_sample) return estimates.value;
    double sum = 0;
    double counted = 0;
    for (std::size_t r = 0; r < estimates.replicates.size(); ++r) {
      if (weights.rscales[r] == 0) continue;
      sum += estimates.replicates[r];
      counted += 1;
    }
    return counted > 0 ? sum / counted : estimates.value;
  };
  const double first_centre = centre(first);
  const double second_centre = centre(second);
  double sum = 0;
  for (std::size_t r = 0; r < first.replicates.size(); ++r)
    sum += weights.rscales[r] * (first.replicates[r] - first_centre) *
           (second.replicates[r] - second_centre);
  return weights.scale * sum;
}

double degrees_of_freedom(const ReplicateWeights& weights) {
  if (weights.degrees_of_freedom) return *weights.degrees_of_freedom;
  return static_cast<double>(rank_of_columns(weights.replicates)) - 1;
}

Result<Estimate> estimate_by_replicates(const ReplicateWeights& weights, const Statistic& statistic,
                                        double level) {
  if (!(level > 0 && level < 1))
    return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  const ReplicateEstimates found = TRY(replicate(weights, statistic));
  if (!std::isfinite(found.value))
    return fail(ErrorCode::design_invalid, "the value is not finite");
  Estimate estimate;
  estimate.value = found.value;
  estimate.level = level;
  const double variance_found = replicate_covariance(weights, found, found);
  if (!std::isfinite(variance_found))
    return fail(ErrorCode::design_invalid, "a replicate of the value is not finite");
  const double error = std::sqrt(std::max(0.0, variance_found));
  estimate.standard_error = error;
  if (error == 0) estimate.flags = estimate.flags | EstimateFlag::zero_variance;
  estimate.degrees_of_freedom = degrees_of_freedom(weights);
  if (!(estimate.degrees_of_freedom > 0)) {
    estimate.degrees_of_freedom = 0;
    estimate.flags = estimate.flags | EstimateFlag::no_degrees_of_freedom;
    return estimate;
  }
  const double t = student_t_quantile(0.5 + level / 2, estimate.degrees_of_freedom);
  estimate.lower = found.value - t * error;
  estimate.upper = found.value + t * error;
  return estimate;
}

}  // namespace khaosat::estimate
