// Errors from replicate weights: the statistic is computed again with each of many sets of weights.
// For statistics without a usable gradient (medians, ranks, thresholds), and as a cross-check of
// linearisation. Steps that made the weights (calibration, non-response) belong into each replicate:
// see recalibrated(). Sources: Rao & Wu 1988; Rao, Wu & Yue 1992; Judkins 1990 (Fay); Canty &
// Davison 1999; Wolter 2007.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/estimate/estimate.h"
#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

enum class ReplicateType { jk1, jkn, brr, fay, bootstrap, other };
std::string_view name_of(ReplicateType type);

// Around what the replicates are measured.
enum class ReplicateCentre { mean_of_replicates, full_sample };

// v = scale · sum_r rscales[r] (theta_r - centre)². Replicates with rscales = 0 do not count in
// the mean.
struct ReplicateWeights {
  ReplicateType type = ReplicateType::other;
  std::vector<double> full;                     // per respondent
  std::vector<std::vector<double>> replicates;  // [replicate][respondent], complete weights
  double scale = 1;
  std::vector<double> rscales;
  ReplicateCentre centre = ReplicateCentre::mean_of_replicates;
  std::optional<double> degrees_of_freedom;  // absent: rank of the weights - 1
};

// Weights made elsewhere. Negative ones are legal. Refuses design_invalid (lengths, no replicate),
// weight_invalid (missing or infinite).
Result<void> check_replicates(const ReplicateWeights& weights);

// Jackknife: one PSU left out at a time, the others of its stratum raised. JK1 ignores strata and
// refuses a design that has several; a census stratum of JKn has no replicates.
// Refuses lonely_psu unless the policy is remove, certainty or average.
Result<ReplicateWeights> jackknife(const SampleDesign& design, ReplicateType type);
// Balanced half-samples; every stratum must have two PSUs (design_invalid). rho in [0, 1): 0 is
// plain BRR, Fay's method otherwise. No finite population correction.
Result<ReplicateWeights> balanced_repeated(const SampleDesign& design, double rho = 0);
// Rao & Wu's rescaling bootstrap: n_h - 1 PSUs drawn with replacement in each stratum. The same
// seed gives the same weights on every machine. Needs two PSUs per stratum; no finite population
// correction.
Result<ReplicateWeights> bootstrap(const SampleDesign& design, std::size_t replicates,
                                   std::uint64_t seed);

// Each set of weights passed through the same adjustment, e.g. post_stratify() of the design with
// these weights. A replicate the step refuses makes the whole refuse.
Result<ReplicateWeights> recalibrated(
    const SampleDesign& design, const ReplicateWeights& weights,
    const std::function<Result<SampleDesign>(const SampleDesign&)>& step);

// Any statistic of respondents' weights.
using Statistic = std::function<Result<double>(std::span<const double> weights)>;

struct ReplicateEstimates {
  double value = 0;                // with the full weights
  std::vector<double> replicates;  // theta_r
};
// Evaluates; a replicate in which the statistic is refused refuses the whole (its error is passed).
Result<ReplicateEstimates> replicate(const ReplicateWeights& weights, const Statistic& statistic);
double replicate_covariance(const ReplicateWeights& weights, const ReplicateEstimates& first,
                            const ReplicateEstimates& second);
// Rank of the weights - 1, unless given.
double degrees_of_freedom(const ReplicateWeights& weights);
Result<Estimate> estimate_by_replicates(const ReplicateWeights& weights, const Statistic& statistic,
                                        double level = 0.95);

}  // namespace khaosat::estimate
