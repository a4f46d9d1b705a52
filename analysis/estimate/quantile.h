// Quantiles of answers, with Woodruff's interval (Woodruff 1952): the interval of the share at or
// below the quantile is carried back through the distribution.
#pragma once

#include <optional>
#include <string_view>

#include "analysis/estimate/interval.h"
#include "analysis/estimate/statistics.h"

namespace khaosat::estimate {

// What lies between two answers. hf1 ... hf9: Hyndman & Fan 1996 with weights.
enum class QuantileRule { math, school, hf3, hf4, hf5, hf6, hf7, hf8, hf9 };
// math (= hf1): the smallest answer with at least p of the weight at or below it. (R's survey gives
// the second smallest where p is less than the weight of the first; that is not followed.)
// school (= hf2): the same, but the middle of two where p is met exactly.

struct QuantileOptions {
  QuantileRule rule = QuantileRule::math;
  // mean, xlogit, beta or asin for the share at or below the quantile.
  ProportionMethod method = ProportionMethod::mean;
  double level = 0.95;
  std::optional<double> degrees_of_freedom = std::nullopt;  // absent: those of the domain
};

// The quantile alone, for weights of any kind, zero included. `p` in (0, 1). Refuses out_of_range,
// no_valid_answers.
Result<double> weighted_quantile(Answers y, std::span<const double> weights, double p,
                                 QuantileRule rule = QuantileRule::math,
                                 const Domain& domain = {});

// With standard_error = width of the interval / 2t. A bound that falls outside the distribution is
// absent, and the error with it.
Result<Estimate> estimate_quantile(const SampleDesign& design, Answers y, double p,
                                   const Domain& domain = {},
                                   const QuantileOptions& options = {});

}  // namespace khaosat::estimate
