// How much the design costs or gains against a simple random sample, and how alike people of one
// cluster are.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/estimate/statistics.h"

namespace khaosat::estimate {

// The simple random sample of the same size that a design is measured against.
enum class SimpleSample { without_replacement, with_replacement };

// Variance of the mean of a simple random sample as large and as spread. Refuses no_valid_answers (fewer than two),
// out_of_range (all answers equal, or without replacement where weights sum to no more than the sample).
Result<double> simple_sample_variance(const SampleDesign& design, Answers y, SimpleSample against,
                                      const Domain& domain = {});

// Variance of the mean (or total: the ratio is the same) over that of a simple random sample, Kish
// 1965. Refuses no_valid_answers (fewer than two), out_of_range (all answers equal, or weights that
// sum to less than the sample), lonely_psu.
Result<double> design_effect_of_mean(const SampleDesign& design, Answers y, SimpleSample against,
                                     const Domain& domain = {});
Result<double> design_effect_of_total(const SampleDesign& design, Answers y, SimpleSample against,
                                      const Domain& domain = {});

// (sum w)² / sum w², Kish 1992: the sample size left after unequal weighting.
Result<double> kish_effective_size(std::span<const double> weights);

// One-way analysis of variance of unweighted answers by cluster.
struct IntraclassCorrelation {
  std::uint64_t n = 0;
  std::uint64_t clusters = 0;
  double mean_size = 0;     // n0 = (n - sum n_a²/n) / (clusters - 1)
  double mean_square_between = 0;
  double mean_square_within = 0;
  double f = 0;
  double icc = 0;           // (MSB - MSW) / (MSB + (n0 - 1) MSW)
  double reliability_of_means = 0;  // 1 - MSW / MSB
  double cluster_design_effect = 0;  // 1 + (sum n_a²/n - 1) icc
};
// Refuses design_invalid (lengths), no_valid_answers (fewer than two clusters with answers, or no
// cluster with two), out_of_range (all answers equal). Clusters alike (MSB = 0): -1/(n0-1); people of each cluster
// alike (MSW = 0): 1, with an infinite F.
Result<IntraclassCorrelation> intraclass_correlation(Answers y,
                                                     std::span<const std::uint32_t> cluster);

// Variance components of y = mean + cluster + person by restricted maximum likelihood.
struct VarianceComponents {
  double between = 0;
  double within = 0;
  double icc = 0;
};
Result<VarianceComponents> variance_components(Answers y, std::span<const std::uint32_t> cluster);

}  // namespace khaosat::estimate
