#include "analysis/estimate/interval.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/estimate/distributions.h"

namespace khaosat::estimate {
namespace {

double inverse_logit(double x) { return 1 / (1 + std::exp(-x)); }

// Where the likelihood ratio of p against q reaches `limit`, between p and `end` (0 or 1).
double likelihood_bound(double p, double end, double limit) {
  double inside = p;
  double outside = end;
  for (int step = 0; step < 200 && inside != outside; ++step) {
    const double q = inside + (outside - inside) / 2;
    if (q == inside || q == outside) break;
    // p log(p/q) + (1-p) log((1-p)/(1-q)), also where q is next to p.
    const double deviance = -p * std::log1p((q - p) / p) - (1 - p) * std::log1p((p - q) / (1 - p));
    (deviance < limit ? inside : outside) = q;
  }
  return inside + (outside - inside) / 2;
}

Interval bounds(ProportionMethod method, const ProportionInput& input) {
  const double p = input.proportion;
  const double odd = p * (1 - p);
  const double error = std::sqrt(input.variance);
  const double half_alpha = (1 - input.level) / 2;
  const double t = student_t_quantile(1 - half_alpha, input.degrees_of_freedom);
  const double n_star = odd / input.variance;

  if (method == ProportionMethod::automatic)
    method = (p < 0.05 || p > 0.95 || n_star < 30) ? ProportionMethod::beta
                                                   : ProportionMethod::xlogit;
  // Where the error is hardly more than rounding, as of a share that calibration fixes, the others are the plain one to
  // the last digit, and their formulas lose what is left.
  if (method != ProportionMethod::beta && method != ProportionMethod::likelihood && t * error < 1e-8 * std::min(p, 1 - p))
    method = ProportionMethod::mean;
  switch (method) {
    case ProportionMethod::automatic:
    case ProportionMethod::mean:
      return {p - t * error, p + t * error};
    case ProportionMethod::logit:
    case ProportionMethod::xlogit: {
      const double centre = std::log(p / (1 - p));
      const double reach = t * error / odd;
      return {inverse_logit(centre - reach), inverse_logit(centre + reach)};
    }
    case ProportionMethod::asin: {
      const double centre = std::asin(std::sqrt(p));
      const double reach = t * error / (2 * std::sqrt(odd));
      const double lower = std::pow(std::sin(centre - reach), 2);
      const double upper = std::pow(std::sin(centre + reach), 2);
      // Reflected bounds are R's; beyond the share itself they would be none.
      return {lower <= p ? lower : 0, upper >= p ? upper : 1};
    }
    case ProportionMethod::beta: {
      double effective = n_star;
      if (input.n > 1) {
        const double n_minus_1 = static_cast<double>(input.n - 1);
        effective *= std::pow(student_t_quantile(half_alpha, n_minus_1) / t, 2);
      }
      // Where calibration fixes the share, only rounding is left of its variance. So large a sample has normal bounds to
      // 2e-11, while Boost's beta quantiles lose digits from here on, are wrong from 1e13 and do not end from 1e30.
      if (!(effective * odd < 1e11)) {
        const double reach = normal_quantile(1 - half_alpha) * std::sqrt(odd / effective);
        return {p - reach, p + reach};
      }
      return clopper_pearson(effective * p, effective, input.level);
    }
    case ProportionMethod::likelihood: {
      // The dispersion is estimated with n - 1, as in the quasi-binomial model R profiles.
      const double n = static_cast<double>(input.n);
      const double limit = t * t / (2 * n_star) * (input.n > 1 ? n / (n - 1) : 1);
      return {likelihood_bound(p, 0, limit), likelihood_bound(p, 1, limit)};
    }
    case ProportionMethod::wilson:
      return wilson(p, n_star, t);
  }
  return {p, p};
}

template <typename AnyLinearized>
Result<Estimate> estimate_of(const SampleDesign& design, const AnyLinearized& proportion,
                             const EstimateOptions& options, ProportionMethod method,
                             double design_effect) {
  Estimate estimate = TRY(estimate_from(design, proportion, options));
  if (!estimate.lower) return estimate;
  // Rounding may carry a weighted share past its end by a trace.
  constexpr double kTrace = 1e-12;
  double p = estimate.value;
  if (p < 0 && p > -kTrace) p = 0;
  if (p > 1 && p < 1 + kTrace) p = 1;
  if (!(p >= 0 && p <= 1))
    return fail(ErrorCode::out_of_range, "negative weights, as calibration may make them, carry this share outside 0 to 1; keep weights "
                                         "within bounds, or ask for the mean of a column of 0 and 1", "proportion");
  const double error = *estimate.standard_error;
  const Interval interval =
      TRY(proportion_interval(method, {p, error * error, estimate.degrees_of_freedom,
                                       std::max<std::uint64_t>(options.n, 1), options.level,
                                       design_effect}));
  estimate.value = p;
  estimate.lower = interval.lower;
  estimate.upper = interval.upper;
  return estimate;
}

}  // namespace

Interval clopper_pearson(double successes, double n, double level) {
  const double half_alpha = (1 - level) / 2;
  Interval interval{0, 1};
  if (successes > 0) interval.lower = beta_quantile(half_alpha, successes, n - successes + 1);
  if (successes < n) interval.upper = beta_quantile(1 - half_alpha, successes + 1, n - successes);
  return interval;
}

Interval wilson(double proportion, double n, double quantile) {
  const double z2 = quantile * quantile;
  const double centre = (proportion + z2 / (2 * n)) / (1 + z2 / n);
  const double reach = quantile / (1 + z2 / n) *
                       std::sqrt(proportion * (1 - proportion) / n + z2 / (4 * n * n));
  return {std::max(0.0, centre - reach), std::min(1.0, centre + reach)};
}

Result<Interval> proportion_interval(ProportionMethod method, const ProportionInput& input) {
  const double p = input.proportion;
  if (!(p >= 0 && p <= 1))
    return fail(ErrorCode::out_of_range, "a proportion lies between 0 and 1", "proportion");
  if (!(input.variance >= 0) || std::isinf(input.variance))
    return fail(ErrorCode::out_of_range, "a variance is zero or more", "variance");
  if (!(input.degrees_of_freedom > 0))
    return fail(ErrorCode::out_of_range, "an interval needs degrees of freedom", "df");
  if (!(input.level > 0 && input.level < 1))
    return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  if (input.n < 1) return fail(ErrorCode::out_of_range, "nobody answered", "n");
  if (!(input.design_effect > 0) || std::isinf(input.design_effect))
    return fail(ErrorCode::out_of_range, "a design effect is above zero", "design_effect");

  if (p == 0 || p == 1) {
    const double n = static_cast<double>(input.n) / input.design_effect;
    return clopper_pearson(p * n, n, input.level);
  }
  if (input.variance == 0) return Interval{p, p};
  return bounds(method, input);
}

Result<Estimate> estimate_proportion(const SampleDesign& design, const Linearized& proportion,
                                     const EstimateOptions& options, ProportionMethod method,
                                     double design_effect) {
  return estimate_of(design, proportion, options, method, design_effect);
}

Result<Estimate> estimate_proportion(const SampleDesign& design, const LinearizedByPsu& proportion,
                                     const EstimateOptions& options, ProportionMethod method,
                                     double design_effect) {
  return estimate_of(design, proportion, options, method, design_effect);
}

std::optional<double> two_sided_p(const Estimate& estimate) {
  const auto one_sided = one_sided_p(estimate);
  if (!one_sided) return std::nullopt;
  return std::min(1.0, 2 * std::min(*one_sided, 1 - *one_sided));
}

std::optional<double> one_sided_p(const Estimate& estimate) {
  if (!estimate.standard_error || !(estimate.degrees_of_freedom > 0)) return std::nullopt;
  if (*estimate.standard_error == 0)
    return estimate.value > 0 ? 0.0 : (estimate.value < 0 ? 1.0 : 0.5);
  return student_t_upper(estimate.value / *estimate.standard_error, estimate.degrees_of_freedom);
}

std::string_view name_of(ProportionMethod method) {
  static constexpr std::array<std::string_view, 8> kNames = {
      "automatic", "mean", "logit", "xlogit", "asin", "beta", "likelihood", "wilson"};
  return kNames[static_cast<std::size_t>(method)];
}

}  // namespace khaosat::estimate
