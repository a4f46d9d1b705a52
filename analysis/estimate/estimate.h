// What may be shown of a computed value: the value, its error and what they rest on. It has no
// arithmetic: sums and differences of estimates need covariances, which Linearized keeps.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/estimate/linearized.h"
#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

// Why an estimate is less than it seems. May be several at once.
enum class EstimateFlag : std::uint32_t {
  none = 0,
  no_probability_sample = 1U << 0U,  // not drawn from a frame: no error may be stated
  lonely_psu = 1U << 1U,             // a stratum with one PSU and the policy fail: no error
  no_degrees_of_freedom = 1U << 2U,  // as many strata as PSUs: an error at most, no interval
  zero_variance = 1U << 3U,          // all answers agree: an error of 0 is no certainty
  complete_population = 1U << 4U     // everybody was sampled: an error of 0 that is one
};
constexpr EstimateFlag operator|(EstimateFlag a, EstimateFlag b) {
  return static_cast<EstimateFlag>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(EstimateFlag flags, EstimateFlag flag) {
  return (static_cast<std::uint32_t>(flags) & static_cast<std::uint32_t>(flag)) != 0;
}

struct Estimate {
  double value = 0;  // finite
  // Absent where the flags say why; never NaN.
  std::optional<double> standard_error;
  std::optional<double> lower;
  std::optional<double> upper;
  double level = 0.95;            // of the interval
  double degrees_of_freedom = 0;  // infinity: normal quantiles
  std::uint64_t n = 0;            // valid answers
  std::uint64_t n_missing = 0;    // in the domain without one
  EstimateFlag flags = EstimateFlag::none;
};

// Design variance and covariance of influences: one stage with replacement, or with finite
// population correction, or two stages (statistics: Lumley 2004; Särndal, Swensson & Wretman 1992,
// ch. 4). For calibrated designs influences are first replaced by residuals.
// Refuses: lonely_psu (policy fail and the domain touches a lonely stratum; or nothing left to
// average over), design_invalid (lengths, not finite).
Result<double> variance(const SampleDesign& design, const Linearized& linearized);
Result<double> variance(const SampleDesign& design, const LinearizedByPsu& linearized);
Result<double> covariance(const SampleDesign& design, const Linearized& first,
                          const Linearized& second);
Result<double> covariance(const SampleDesign& design, const LinearizedByPsu& first,
                          const LinearizedByPsu& second);
// Row-major square matrix of all pairs.
Result<std::vector<double>> covariance_matrix(const SampleDesign& design,
                                              std::span<const Linearized> parts);
Result<std::vector<double>> covariance_matrix(const SampleDesign& design,
                                              std::span<const LinearizedByPsu> parts);

// PSUs with positive weight minus strata, counted in the domain (empty: the whole sample).
// At least 0. Needs respondents.
double degrees_of_freedom(const SampleDesign& design, const Domain& domain = {});
// The same where the domain is a list of dense PSU indexes, each at most once, any order.
double degrees_of_freedom(const SampleDesign& design, std::span<const std::uint32_t> psus);
// The whole sample, for designs with or without respondents.
double design_degrees_of_freedom(const SampleDesign& design);

struct EstimateOptions {
  double level = 0.95;  // in (0, 1)
  // Absent: counted over the domain of the influences. Give the domain asked when some PSU of it
  // has no valid answer to this one item; infinity for normal quantiles.
  std::optional<double> degrees_of_freedom;
  std::uint64_t n = 0;
  std::uint64_t n_missing = 0;
};

// value ± t(df) · SE. Refuses design_invalid and out_of_range (level) only: where no error can be
// stated the value stands without one, flagged.
Result<Estimate> estimate_from(const SampleDesign& design, const Linearized& linearized,
                               const EstimateOptions& options = {});
Result<Estimate> estimate_from(const SampleDesign& design, const LinearizedByPsu& linearized,
                               const EstimateOptions& options = {});

// A value that may have no interval: assessed points, published figures, samples not drawn.
Estimate without_error(double value, EstimateFlag why, std::uint64_t n = 0,
                       std::uint64_t n_missing = 0);

}  // namespace khaosat::estimate
