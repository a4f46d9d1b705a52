// Confidence intervals of proportions, which stay in [0, 1] and keep their coverage where
// value ± t·SE does not.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analysis/estimate/estimate.h"
#include "base/result.h"

namespace khaosat::estimate {

// n* below is p(1-p)/v, the size of a simple random sample of the same variance v.
enum class ProportionMethod {
  automatic,   // beta where p < 0.05, p > 0.95 or n* < 30; xlogit elsewhere
  mean,        // p ± t·SE; may leave [0, 1]
  logit,       // Wald on the log odds (of an intercept-only quasi-binomial model: equals xlogit)
  xlogit,      // inverse logit of logit p ± t·SE / (p(1-p))
  asin,        // sin²(asin √p ± t·SE / (2√(p(1-p)))), reflected at 0 and 1 as in R
  beta,        // Korn & Graubard 1998: Clopper-Pearson on n* (t(n-1) / t(df))²
  likelihood,  // scaled profile likelihood, Rao & Scott
  wilson       // Wilson on n* with t for z
};
std::string_view name_of(ProportionMethod method);

struct ProportionInput {
  double proportion = 0;          // in [0, 1]
  double variance = 0;            // >= 0, of the proportion under the design
  double degrees_of_freedom = 0;  // > 0, infinity allowed
  std::uint64_t n = 0;            // valid answers, >= 1
  double level = 0.95;            // in (0, 1)
  // Used where p is 0 or 1 and its own variance says nothing: the typical design effect of like
  // items, >= 1 to be cautious.
  double design_effect = 1;
};

struct Interval {
  double lower = 0;
  double upper = 0;
};

// p = 0 or 1: Clopper-Pearson on n / design_effect, whatever the method. Variance 0 for another p
// (fixed by the design): [p, p]. Refuses out_of_range.
Result<Interval> proportion_interval(ProportionMethod method, const ProportionInput& input);

// estimate_from() of a proportion with its interval by `method`.
Result<Estimate> estimate_proportion(const SampleDesign& design, const Linearized& proportion,
                                     const EstimateOptions& options,
                                     ProportionMethod method = ProportionMethod::automatic,
                                     double design_effect = 1);
Result<Estimate> estimate_proportion(const SampleDesign& design, const LinearizedByPsu& proportion,
                                     const EstimateOptions& options,
                                     ProportionMethod method = ProportionMethod::automatic,
                                     double design_effect = 1);

// Clopper-Pearson of x successes in n, neither necessarily whole; 0 <= x <= n, n > 0.
Interval clopper_pearson(double successes, double n, double level);
// Wilson score interval; the plain one for simple samples.
Interval wilson(double proportion, double n, double quantile);

// Two-sided p-value of value = 0, one-sided p-value of value <= 0 (value > 0 is claimed).
// Absent where the estimate has no error or no degrees of freedom; an error of 0 gives 0, 1/2 or 1.
std::optional<double> two_sided_p(const Estimate& estimate);
std::optional<double> one_sided_p(const Estimate& estimate);

}  // namespace khaosat::estimate
