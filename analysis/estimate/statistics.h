// Totals, means, ratios, proportions and variances as linearised values, from one number per
// respondent. A number that is NaN is a missing answer: it leaves numerator and denominator of
// this statistic only; the respondent stays in the sample. Infinity is refused.
//
// All refuse: design_invalid (lengths, infinity), no_valid_answers (nobody of the domain with a
// positive weight answered), weights_sum_to_zero (a denominator of zero).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/estimate/estimate.h"
#include "analysis/estimate/linearized.h"
#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

using Answers = std::span<const double>;

// sum w y. Influence w y.
Result<Linearized> total(const SampleDesign& design, Answers y, const Domain& domain = {});
// sum w y / sum w. Influence w (y - R) / sum w.
Result<Linearized> mean(const SampleDesign& design, Answers y, const Domain& domain = {});
// sum w y / sum w x. Influence w (y - R x) / sum w x. Both answers must be valid.
Result<Linearized> ratio(const SampleDesign& design, Answers numerator, Answers denominator,
                         const Domain& domain = {});
// Share of those with a valid answer whose answer is `category` exactly.
Result<Linearized> proportion(const SampleDesign& design, Answers y, double category,
                              const Domain& domain = {});
// The variance of answers in the population, n/(n-1) sum w (y - mean)^2 / sum w; needs n >= 2.
Result<Linearized> population_variance(const SampleDesign& design, Answers y,
                                       const Domain& domain = {});

// 1 where the answer is `category`, 0 where it is another, missing where it is missing.
std::vector<double> indicator(Answers y, double category);
// Inside `domain` and answered by all of `columns`, each as long as the design.
Domain answered(const SampleDesign& design, std::span<const Answers> columns,
                const Domain& domain = {});

// Respondents of positive weight in the domain, with and without a valid answer.
struct AnswerCounts {
  std::uint64_t n = 0;
  std::uint64_t n_missing = 0;
};
AnswerCounts count_answers(const SampleDesign& design, Answers y, const Domain& domain = {});

// mean() with its interval, t with the degrees of freedom of `domain`.
Result<Estimate> estimate_mean(const SampleDesign& design, Answers y, const Domain& domain = {},
                               double level = 0.95);
Result<Estimate> estimate_total(const SampleDesign& design, Answers y, const Domain& domain = {},
                                double level = 0.95);

}  // namespace khaosat::estimate
