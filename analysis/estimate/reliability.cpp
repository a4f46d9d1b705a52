#include "analysis/estimate/reliability.h"

#include <cmath>
#include <string>

#include "analysis/estimate/distributions.h"

namespace khaosat::estimate {
namespace {

using Items = std::span<const std::vector<double>>;

Result<void> check(Items items) {
  if (items.size() < 2) return fail(ErrorCode::design_invalid, "reliability needs two items");
  for (const auto& item : items) {
    if (item.size() != items[0].size())
      return fail(ErrorCode::design_invalid, "items need one entry per respondent");
    for (const double answer : item)
      if (std::isinf(answer)) return fail(ErrorCode::design_invalid, "an answer is infinite");
  }
  return {};
}

std::vector<char> complete_rows(Items items) {
  std::vector<char> complete(items[0].size(), 1);
  for (const auto& item : items)
    for (std::size_t row = 0; row < item.size(); ++row)
      if (std::isnan(item[row])) complete[row] = 0;
  return complete;
}

Result<void> check_diagonal(const Matrix& covariances) {
  for (std::size_t k = 0; k < covariances.rows; ++k)
    if (!(covariances(k, k) > 0))
      return fail(ErrorCode::out_of_range, "everybody answers an item alike: leave it out",
                  "item " + std::to_string(k + 1));
  return {};
}

double sum_of(const Matrix& matrix) {
  double sum = 0;
  for (const double value : matrix.values) sum += value;
  return sum;
}

double trace_of(const Matrix& matrix) {
  double sum = 0;
  for (std::size_t k = 0; k < matrix.rows; ++k) sum += matrix(k, k);
  return sum;
}

double alpha_of(double trace, double sum, double items) {
  return items / (items - 1) * (1 - trace / sum);
}

}  // namespace

Result<Matrix> item_covariances(Items items, MissingAnswers missing) {
  TRY_VOID(check(items));
  const std::size_t k = items.size();
  const std::vector<char> complete = complete_rows(items);
  Matrix covariances(k, k);
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = i; j < k; ++j) {
      double n = 0;
      double mean_i = 0;
      double mean_j = 0;
      const auto counts = [&](std::size_t row) {
        if (missing == MissingAnswers::complete) return complete[row] != 0;
        return !std::isnan(items[i][row]) && !std::isnan(items[j][row]);
      };
      for (std::size_t row = 0; row < complete.size(); ++row) {
        if (!counts(row)) continue;
        n += 1;
        mean_i += items[i][row];
        mean_j += items[j][row];
      }
      if (n < 2)
        return fail(ErrorCode::no_valid_answers, "two items have fewer than two joint answers",
                    "items " + std::to_string(i + 1) + " and " + std::to_string(j + 1));
      mean_i /= n;
      mean_j /= n;
      double sum = 0;
      for (std::size_t row = 0; row < complete.size(); ++row)
        if (counts(row)) sum += (items[i][row] - mean_i) * (items[j][row] - mean_j);
      covariances(i, j) = covariances(j, i) = sum / (n - 1);
    }
  TRY_VOID(check_diagonal(covariances));
  return covariances;
}

Result<Matrix> weighted_item_covariances(Items items, std::span<const double> weights) {
  TRY_VOID(check(items));
  if (weights.size() != items[0].size())
    return fail(ErrorCode::design_invalid, "items need one weight per respondent");
  const std::size_t k = items.size();
  const std::vector<char> complete = complete_rows(items);
  double sum_of_weights = 0;
  std::vector<double> means(k, 0);
  for (std::size_t row = 0; row < complete.size(); ++row) {
    if (complete[row] == 0) continue;
    if (!std::isfinite(weights[row])) return fail(ErrorCode::weight_invalid, "a weight is missing or infinite");
    sum_of_weights += weights[row];
    for (std::size_t i = 0; i < k; ++i) means[i] += weights[row] * items[i][row];
  }
  if (!(sum_of_weights > 0))
    return fail(ErrorCode::no_valid_answers, "nobody with a weight answered all items");
  for (double& mean : means) mean /= sum_of_weights;
  Matrix covariances(k, k);
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = i; j < k; ++j) {
      double sum = 0;
      for (std::size_t row = 0; row < complete.size(); ++row)
        if (complete[row] != 0)
          sum += weights[row] * (items[i][row] - means[i]) * (items[j][row] - means[j]);
      covariances(i, j) = covariances(j, i) = sum / sum_of_weights;
    }
  TRY_VOID(check_diagonal(covariances));
  return covariances;
}

Matrix correlations(const Matrix& covariances) {
  Matrix result = covariances;
  for (std::size_t i = 0; i < result.rows; ++i)
    for (std::size_t j = 0; j < result.columns; ++j)
      result(i, j) = i == j ? 1
                            : covariances(i, j) /
                                  std::sqrt(covariances(i, i) * covariances(j, j));
  return result;
}

Result<Reliability> reliability(const Matrix& covariances) {
  const std::size_t k = covariances.rows;
  if (k < 2 || covariances.columns != k)
    return fail(ErrorCode::design_invalid, "reliability needs two items");
  TRY_VOID(check_diagonal(covariances));
  const double items = static_cast<double>(k);
  const double sum = sum_of(covariances);
  const double trace = trace_of(covariances);
  const Matrix r = correlations(covariances);
  const double sum_r = sum_of(r);
  if (!(sum > 0) || !(sum_r > 0))
    return fail(ErrorCode::out_of_range, "items contradict each other: reverse some beforehand");

  Reliability result;
  result.items = k;
  result.alpha = alpha_of(trace, sum, items);
  result.standardized_alpha = alpha_of(items, sum_r, items);
  result.average_correlation = (sum_r - items) / (items * (items - 1));
  double off_squares = 0;
  for (std::size_t i = 0; i < k; ++i)
    for (std::size_t j = 0; j < k; ++j)
      if (i != j) off_squares += covariances(i, j) * covariances(i, j);
  result.lambda2 = (sum - trace + std::sqrt(items / (items - 1) * off_squares)) / sum;
  const Matrix inverse = invert_symmetric(r);
  if (inverse.rows == k) {
    double unexplained = 0;  // 1 - squared multiple correlation = 1 / diagonal of the inverse
    for (std::size_t i = 0; i < k; ++i) unexplained += 1 / inverse(i, i);
    result.lambda6 = 1 - unexplained / sum_r;
  }
  for (std::size_t i = 0; i < k; ++i) {
    double row = 0;
    for (std::size_t j = 0; j < k; ++j) row += covariances(i, j);
    const double with_rest = row - covariances(i, i);
    const double rest = sum - 2 * row + covariances(i, i);
    result.item_rest_correlation.push_back(
        rest > 0 ? with_rest / std::sqrt(covariances(i, i) * rest) : 0);
    if (k > 2)
      result.alpha_if_dropped.push_back(
          alpha_of(trace - covariances(i, i), rest, items - 1));
  }
  return result;
}

Result<Interval> feldt_interval(double alpha, std::size_t respondents, std::size_t items,
                                double level) {
  if (respondents < 2 || items < 2 || !(alpha <= 1))
    return fail(ErrorCode::out_of_range, "an interval of alpha needs two respondents and items");
  if (!(level > 0 && level < 1))
    return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  const double people = static_cast<double>(respondents - 1);
  const double df = people * static_cast<double>(items - 1);
  return Interval{1 - (1 - alpha) * f_quantile(0.5 + level / 2, people, df),
                  1 - (1 - alpha) * f_quantile(0.5 - level / 2, people, df)};
}

double alpha_standard_error(const Matrix& c, std::size_t respondents) {
  const double items = static_cast<double>(c.rows);
  const double sum = sum_of(c);
  const double trace = trace_of(c);
  double trace_of_square = 0;
  double sum_of_square = 0;
  for (std::size_t i = 0; i < c.rows; ++i) {
    double row = 0;
    for (std::size_t j = 0; j < c.rows; ++j) {
      trace_of_square += c(i, j) * c(i, j);
      row += c(i, j);
    }
    sum_of_square += row * row;
  }
  const double q = 2 * items * items / ((items - 1) * (items - 1) * sum * sum * sum) *
                   (sum * (trace_of_square + trace * trace) - 2 * trace * sum_of_square);
  return std::sqrt(q / static_cast<double>(respondents));
}

Result<OneFactor> one_factor(const Matrix& r) {
  const std::size_t k = r.rows;
  if (k < 3) return fail(ErrorCode::design_invalid, "a factor needs three items");
  // Coordinate by coordinate: the best loading of an item given the others is a regression of its
  // correlations on theirs, and each such step lowers the sum of squared residuals.
  std::vector<double> loadings(k, 0.5);
  for (int round = 0; round < 100000; ++round) {
    double change = 0;
    for (std::size_t i = 0; i < k; ++i) {
      double above = 0;
      double below = 0;
      for (std::size_t j = 0; j < k; ++j) {
        if (i == j) continue;
        above += r(i, j) * loadings[j];
        below += loadings[j] * loadings[j];
      }
      if (!(below > 0)) return fail(ErrorCode::not_converged, "the items share no factor");
      const double best = std::fmin(1.0, std::fmax(-1.0, above / below));
      change = std::fmax(change, std::abs(best - loadings[i]));
      loadings[i] = best;
    }
    if (change > 1e-13) continue;
    OneFactor factor;
    double sum = 0;
    double unique = 0;
    for (const double loading : loadings) {
      sum += loading;
      unique += 1 - loading * loading;
    }
    factor.omega = sum * sum / (sum * sum + unique);
    factor.loadings = std::move(loadings);
    return factor;
  }
  return fail(ErrorCode::not_converged, "the loadings of the factor did not settle");
}

}  // namespace khaosat::estimate
