#include "analysis/estimate/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "analysis/estimate/distributions.h"

namespace khaosat::estimate {
namespace {

// Cumulated weights are sums of rounded numbers: shares closer than this count as equal, so that
// the middle of an even sample is found whatever the order of addition.
constexpr double kSameShare = 1e-12;

// Answers of positive weight, ascending.
struct Sorted {
  std::vector<double> y;
  std::vector<double> share;      // weight / sum of weights
  std::vector<double> cumulated;  // shares
};

Sorted sort_answers(Answers y, std::span<const double> weights, const Domain& domain) {
  std::vector<std::size_t> rows;
  double sum = 0;
  for (std::size_t row = 0; row < y.size(); ++row) {
    if (std::isnan(y[row]) || weights[row] == 0 || (!domain.empty() && domain[row] == 0)) continue;
    rows.push_back(row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [&](std::size_t a, std::size_t b) { return y[a] < y[b]; });
  for (const std::size_t row : rows) sum += weights[row];
  Sorted sorted;
  double cumulated = 0;
  for (const std::size_t row : rows) {
    cumulated += weights[row];
    sorted.y.push_back(y[row]);
    sorted.share.push_back(weights[row] / sum);
    sorted.cumulated.push_back(cumulated / sum);
  }
  return sorted;
}

// Answers as steps: the last whose cumulated share does not exceed p, and the one after.
struct Step {
  std::size_t low = 0;
  std::size_t up = 0;
  double above_low = 0;  // p - cumulated share at low
  bool exact = false;
};

Step step_at(const Sorted& sorted, double p) {
  const auto after = std::upper_bound(sorted.cumulated.begin(), sorted.cumulated.end(),
                                      p + kSameShare);
  Step step;
  if (after == sorted.cumulated.begin()) return step;  // p lies within the first answer
  step.low = static_cast<std::size_t>(after - sorted.cumulated.begin()) - 1;
  step.up = std::min(step.low + 1, sorted.y.size() - 1);
  step.above_low = p - sorted.cumulated[step.low];
  step.exact = std::abs(step.above_low) <= kSameShare;
  return step;
}

// Linear interpolation of y over positions, clamped at the ends.
double interpolate(const std::vector<double>& position, const std::vector<double>& y, double p) {
  const auto after = std::upper_bound(position.begin(), position.end(), p);
  if (after == position.begin()) return y.front();
  if (after == position.end()) return y.back();
  const auto k = static_cast<std::size_t>(after - position.begin());
  const double width = position[k] - position[k - 1];
  return y[k - 1] + (y[k] - y[k - 1]) * (p - position[k - 1]) / width;
}

Sorted distinct(const Sorted& sorted) {
  Sorted result;
  for (std::size_t k = 0; k < sorted.y.size(); ++k) {
    if (result.y.empty() || result.y.back() != sorted.y[k]) {
      result.y.push_back(sorted.y[k]);
      result.share.push_back(0);
      result.cumulated.push_back(0);
    }
    result.share.back() += sorted.share[k];
    result.cumulated.back() = sorted.cumulated[k];
  }
  return result;
}

double quantile_of(const Sorted& sorted, double p, QuantileRule rule) {
  const std::size_t n = sorted.y.size();
  if (n == 1) return sorted.y.front();
  if (rule == QuantileRule::hf3) {
    const Sorted values = distinct(sorted);
    const Step step = step_at(values, p);
    // Positions count from one: an even one is an odd index.
    return step.exact && step.low % 2 == 1 ? values.y[step.low] : values.y[step.up];
  }
  if (rule == QuantileRule::math || rule == QuantileRule::school || rule == QuantileRule::hf4) {
    const Step step = step_at(sorted, p);
    const double low = sorted.y[step.low];
    const double up = sorted.y[step.up];
    if (rule == QuantileRule::math) return step.exact ? low : up;
    if (rule == QuantileRule::school) return step.exact ? (low + up) / 2 : up;
    if (step.low == step.up) return low;
    const double part = std::max(0.0, step.above_low) /
                        (sorted.cumulated[step.up] - sorted.cumulated[step.low]);
    return low + (up - low) * part;
  }

  std::vector<double> position(n);
  const double last = sorted.share.back();
  for (std::size_t k = 0; k < n; ++k) {
    const double before = k == 0 ? 0 : sorted.cumulated[k - 1];
    const double here = sorted.cumulated[k];
    const double share = sorted.share[k];
    switch (rule) {
      case QuantileRule::hf5: position[k] = here - share / 2; break;
      case QuantileRule::hf6: position[k] = here / (1 + last); break;
      case QuantileRule::hf7: position[k] = before / sorted.cumulated[n - 2]; break;
      case QuantileRule::hf8: position[k] = (before / 3 + here * 2 / 3) / (1 + last / 3); break;
      default: position[k] = (before * 3 / 8 + here * 5 / 8) / (1 + last / 4); break;
    }
  }
  return interpolate(position, sorted.y, p);
}

Result<void> check(Answers y, std::span<const double> weights, double p, const Domain& domain) {
  if (!(p > 0 && p < 1))
    return fail(ErrorCode::out_of_range, "a quantile is asked for a share between 0 and 1", "p");
  if (weights.size() != y.size() || (!domain.empty() && domain.size() != y.size()))
    return fail(ErrorCode::design_invalid, "the answers need one entry per respondent");
  for (const double value : y)
    if (std::isinf(value)) return fail(ErrorCode::design_invalid, "an answer is infinite");
  return {};
}

std::optional<double> carry_back(const Sorted& sorted, double share, QuantileRule rule) {
  if (!(share >= 0 && share <= 1)) return std::nullopt;
  return quantile_of(sorted, share, rule);
}

}  // namespace

Result<double> weighted_quantile(Answers y, std::span<const double> weights, double p,
                                 QuantileRule rule, const Domain& domain) {
  TRY_VOID(check(y, weights, p, domain));
  const Sorted sorted = sort_answers(y, weights, domain);
  if (sorted.y.empty())
    return fail(ErrorCode::no_valid_answers, "nobody in the domain gave a valid answer");
  return quantile_of(sorted, p, rule);
}

Result<Estimate> estimate_quantile(const SampleDesign& design, Answers y, double p,
                                   const Domain& domain, const QuantileOptions& options) {
  if (options.method != ProportionMethod::mean && options.method != ProportionMethod::xlogit &&
      options.method != ProportionMethod::beta && options.method != ProportionMethod::asin)
    return fail(ErrorCode::out_of_range,
                "quantiles take their interval by mean, xlogit, beta or asin", "method");
  const double value = TRY(weighted_quantile(y, design.weights(), p, options.rule, domain));
  std::vector<double> at_or_below(y.size());
  for (std::size_t row = 0; row < y.size(); ++row)
    at_or_below[row] = std::isnan(y[row]) ? y[row] : (y[row] <= value ? 1.0 : 0.0);

  const Linearized share = TRY(mean(design, at_or_below, domain));
  const AnswerCounts counts = count_answers(design, y, domain);
  const EstimateOptions plain{options.level, options.degrees_of_freedom ? *options.degrees_of_freedom : degrees_of_freedom(design, share.domain), counts.n,
                              counts.n_missing};
  Estimate estimate = TRY(estimate_from(design, share, plain));
  const double share_value = estimate.value;
  const auto share_error = estimate.standard_error;
  const bool has_interval = estimate.lower.has_value();
  estimate.value = value;
  estimate.standard_error.reset();
  estimate.lower.reset();
  estimate.upper.reset();
  if (!has_interval) return estimate;

  // A share of 1 has no odds; R leaves such bounds open as well.
  const bool at_the_end = share_value >= 1 - kSameShare;
  if (at_the_end && options.method != ProportionMethod::mean) return estimate;
  const ProportionInput input{std::min(share_value, 1.0), *share_error * *share_error,
                              estimate.degrees_of_freedom, counts.n, options.level, 1};
  const double t = student_t_quantile(0.5 + options.level / 2, estimate.degrees_of_freedom);
  const Interval shares = at_the_end
                              ? Interval{share_value - t * *share_error,
                                         share_value + t * *share_error}
                              : TRY(proportion_interval(options.method, input));
  const Sorted sorted = sort_answers(y, design.weights(), domain);
  estimate.lower = carry_back(sorted, shares.lower, options.rule);
  estimate.upper = carry_back(sorted, shares.upper, options.rule);
  if (estimate.lower && estimate.upper)
    estimate.standard_error = (*estimate.upper - *estimate.lower) / (2 * t);
  return estimate;
}

}  // namespace khaosat::estimate
