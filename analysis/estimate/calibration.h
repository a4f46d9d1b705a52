// Weights that agree with known totals of the population, and what they know for the variance
// (Deville & Särndal 1992; Deville, Särndal & Sautory 1993). Each function returns a new design:
// statistics of it use the new weights, and its variances the residuals.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

// A known distribution: everybody's category, and how many people each has in the population.
struct Margin {
  std::vector<std::uint32_t> category;        // per respondent
  std::map<std::uint32_t, double> population;  // category -> count > 0
};

// w N_g / sum of w in g. Refuses not_comparable (a category without respondents of positive
// weight, or respondents in a category without a count), design_invalid.
Result<SampleDesign> post_stratify(const SampleDesign& design, const Margin& margin);

// How the variance of raked weights is computed. They agree when all base weights are equal.
enum class RakingVariance {
  unweighted_sweeps,  // ten rounds of plain averages over the margins, as R's survey does (default)
  projection          // base-weighted regression on all margins
};
struct RakingOptions {
  double tolerance = 1e-9;  // largest change of a cell in a round, as a share of the population
  int max_rounds = 1000;
  RakingVariance variance = RakingVariance::unweighted_sweeps;
};
// Iterative proportional fitting. Refuses as post_stratify, and not_converged.
Result<SampleDesign> rake(const SampleDesign& design, std::span<const Margin> margins,
                          const RakingOptions& options = {});

// How far a weight may move from its base: w* = w F(x'lambda).
enum class CalibrationFunction {
  linear,       // F(u) = 1 + u: generalised regression; truncated where bounds are given
  exponential,  // F(u) = exp(u): never negative; truncated where bounds are given
  logit         // stays between the bounds smoothly; needs 0 <= lower < 1 < upper
};
std::string_view name_of(CalibrationFunction function);

struct CalibrationOptions {
  CalibrationFunction function = CalibrationFunction::linear;
  double lower = -std::numeric_limits<double>::infinity();  // of w* / w
  double upper = std::numeric_limits<double>::infinity();
  double tolerance = 1e-11;  // of a total: |misfit| / (1 + |total|)
  int max_steps = 100;
};

// Weights whose totals of `auxiliary[k]` (per respondent) are `totals[k]`. Include a column of ones
// for the population size. Columns may depend on each other as long as the totals agree.
// Refuses design_invalid, out_of_range (bounds), not_comparable (totals that no weights reach: they
// contradict each other or the bounds).
Result<SampleDesign> calibrate(const SampleDesign& design,
                               std::span<const std::vector<double>> auxiliary,
                               std::span<const double> totals,
                               const CalibrationOptions& options = {});

// Weights outside [lower, upper] are cut and what is cut off is shared equally among the others,
// again and again until none is outside when `strict`. Weights of zero stay zero;
// residual rules stay as they are.
// Refuses out_of_range (lower > upper, or every weight outside), not_converged.
Result<SampleDesign> trim_weights(const SampleDesign& design, double lower, double upper,
                                  bool strict = true);

}  // namespace khaosat::estimate
