#include "analysis/estimate/statistics.h"

#include <array>
#include <cmath>
#include <limits>

namespace khaosat::estimate {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

Result<void> check(const SampleDesign& design, std::span<const Answers> columns,
                   const Domain& domain) {
  if (!domain.empty() && domain.size() != design.rows())
    return fail(ErrorCode::design_invalid, "the domain needs one entry per respondent");
  for (const Answers& column : columns) {
    if (column.size() != design.rows())
      return fail(ErrorCode::design_invalid, "the answers need one entry per respondent");
    for (std::size_t row = 0; row < column.size(); ++row)
      if (std::isinf(column[row]))
        return fail(ErrorCode::design_invalid, "an answer is infinite",
                    "row " + std::to_string(row + 1));
  }
  return {};
}

// Those the statistic rests on; refuses when nobody with weight is among them.
Result<Domain> basis(const SampleDesign& design, std::span<const Answers> columns,
                     const Domain& domain) {
  TRY_VOID(check(design, columns, domain));
  Domain used = answered(design, columns, domain);
  for (std::size_t row = 0; row < used.size(); ++row)
    if (used[row] != 0 && design.weights()[row] != 0) return used;
  return fail(ErrorCode::no_valid_answers, "nobody in the domain gave a valid answer");
}

}  // namespace

Domain answered(const SampleDesign& design, std::span<const Answers> columns,
                const Domain& domain) {
  Domain used(design.rows(), 1);
  for (std::size_t row = 0; row < used.size(); ++row) {
    if (!domain.empty() && domain[row] == 0) used[row] = 0;
    for (const Answers& column : columns)
      if (std::isnan(column[row])) used[row] = 0;
  }
  return used;
}

Result<Linearized> total(const SampleDesign& design, Answers y, const Domain& domain) {
  Linearized result;
  result.domain = TRY(basis(design, std::array{y}, domain));
  result.influence.assign(design.rows(), 0);
  for (std::size_t row = 0; row < y.size(); ++row) {
    if (result.domain[row] == 0) continue;
    result.influence[row] = design.weights()[row] * y[row];
    result.value += result.influence[row];
  }
  return result;
}

Result<Linearized> ratio(const SampleDesign& design, Answers numerator, Answers denominator,
                         const Domain& domain) {
  Linearized result;
  result.domain = TRY(basis(design, std::array{numerator, denominator}, domain));
  const auto weights = design.weights();
  double above = 0;
  double below = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (result.domain[row] == 0) continue;
    above += weights[row] * numerator[row];
    below += weights[row] * denominator[row];
  }
  if (below == 0)
    return fail(ErrorCode::weights_sum_to_zero, "the denominator of a ratio sums to zero");
  result.value = above / below;
  result.influence.assign(weights.size(), 0);
  for (std::size_t row = 0; row < weights.size(); ++row)
    if (result.domain[row] != 0)
      result.influence[row] =
          weights[row] * (numerator[row] - result.value * denominator[row]) / below;
  return result;
}

Result<Linearized> mean(const SampleDesign& design, Answers y, const Domain& domain) {
  const std::vector<double> ones(design.rows(), 1);
  return ratio(design, y, ones, domain);
}

std::vector<double> indicator(Answers y, double category) {
  std::vector<double> result(y.size());
  for (std::size_t row = 0; row < y.size(); ++row)
    result[row] = std::isnan(y[row]) ? kMissing : (y[row] == category ? 1.0 : 0.0);
  return result;
}

Result<Linearized> proportion(const SampleDesign& design, Answers y, double category,
                              const Domain& domain) {
  return mean(design, indicator(y, category), domain);
}

Result<Linearized> population_variance(const SampleDesign& design, Answers y,
                                       const Domain& domain) {
  const double centre = TRY(mean(design, y, domain)).value;
  const double n = static_cast<double>(count_answers(design, y, domain).n);
  if (n < 2)
    return fail(ErrorCode::no_valid_answers, "a variance needs two valid answers or more");
  std::vector<double> squares(y.size());
  for (std::size_t row = 0; row < y.size(); ++row)
    squares[row] = (y[row] - centre) * (y[row] - centre) * n / (n - 1);
  return mean(design, squares, domain);
}

AnswerCounts count_answers(const SampleDesign& design, Answers y, const Domain& domain) {
  AnswerCounts counts;
  for (std::size_t row = 0; row < y.size(); ++row) {
    if (design.weights()[row] == 0 || (!domain.empty() && domain[row] == 0)) continue;
    ++(std::isnan(y[row]) ? counts.n_missing : counts.n);
  }
  return counts;
}

Result<Estimate> estimate_mean(const SampleDesign& design, Answers y, const Domain& domain,
                               double level) {
  const Linearized linearized = TRY(mean(design, y, domain));
  const AnswerCounts counts = count_answers(design, y, domain);
  return estimate_from(design, linearized,
                       {level, degrees_of_freedom(design, domain), counts.n, counts.n_missing});
}

Result<Estimate> estimate_total(const SampleDesign& design, Answers y, const Domain& domain,
                                double level) {
  const Linearized linearized = TRY(total(design, y, domain));
  const AnswerCounts counts = count_answers(design, y, domain);
  return estimate_from(design, linearized,
                       {level, degrees_of_freedom(design, domain), counts.n, counts.n_missing});
}

}  // namespace khaosat::estimate
