// How well a set of items measures one thing: Cronbach's alpha and its relatives. Items must run in
// one direction; reverse them beforehand.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/estimate/interval.h"
#include "analysis/estimate/linear_algebra.h"
#include "analysis/estimate/statistics.h"

namespace khaosat::estimate {

enum class MissingAnswers { pairwise, complete };

// Covariances of items (n - 1 in the denominator). Weighted: by `weights`, complete answers only,
// population form (weights scaled to sum to 1). Missing answers are NaN.
// Refuses design_invalid (lengths, fewer than two items), no_valid_answers (a pair with fewer than
// two joint answers), out_of_range (an item everybody answers alike).
Result<Matrix> item_covariances(std::span<const std::vector<double>> items, MissingAnswers missing);
Result<Matrix> weighted_item_covariances(std::span<const std::vector<double>> items,
                                         std::span<const double> weights);
// Correlations of a covariance matrix with positive diagonal.
Matrix correlations(const Matrix& covariances);

struct Reliability {
  std::size_t items = 0;
  double alpha = 0;               // k/(k-1) (1 - trace C / sum C), Cronbach 1951
  double standardized_alpha = 0;  // of correlations
  double lambda2 = 0;             // Guttman 1945
  std::optional<double> lambda6;  // 1 - sum(1 - smc) / sum R; absent if R is singular
  double average_correlation = 0;
  std::vector<double> alpha_if_dropped;  // empty for two items
  std::vector<double> item_rest_correlation;
};
Result<Reliability> reliability(const Matrix& covariances);

// Feldt's interval of alpha from n respondents and k items: 1 - (1 - alpha) F. n >= 2, k >= 2.
Result<Interval> feldt_interval(double alpha, std::size_t respondents, std::size_t items,
                                double level = 0.95);
// Standard error of alpha (Duhachek & Iacobucci 2004).
double alpha_standard_error(const Matrix& covariances, std::size_t respondents);

// One common factor by minimum residuals (Harman & Jones 1966) of a correlation matrix.
struct OneFactor {
  std::vector<double> loadings;
  double omega = 0;  // (sum l)² / ((sum l)² + sum(1 - l²)), McDonald 1999
};
// Refuses design_invalid (fewer than three items), not_converged.
Result<OneFactor> one_factor(const Matrix& correlation_matrix);

}  // namespace khaosat::estimate
