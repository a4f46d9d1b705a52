#include "analysis/index/balanced_weights.h"

#include <cmath>

#include "analysis/index/principal_component.h"

namespace khaosat::index {
namespace {

// Solves a x = b for a symmetric positive definite matrix (row-major) by Cholesky's way; empty where the
// matrix is not definite enough to trust the result.
std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (std::size_t k = 0; k < j; ++k) sum -= a[i * n + k] * a[j * n + k];
      if (i > j) {
        a[i * n + j] = sum / a[j * n + j];
      } else if (sum > 1e-10) {
        a[j * n + j] = std::sqrt(sum);
      } else {
        return {};
      }
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i * n + k] * b[k];
    b[i] /= a[i * n + i];
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) b[i] -= a[k * n + i] * b[k];
    b[i] /= a[i * n + i];
  }
  return b;
}

double deviation_of(const std::vector<double>& column) {
  double mean = 0;
  for (const double value : column) mean += value / static_cast<double>(column.size());
  double squares = 0;
  for (const double value : column) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(column.size() - 1));
}

}  // namespace

Result<std::vector<double>> balanced_weights(std::span<const std::vector<double>> columns,
                                             std::span<const double> targets) {
  std::vector<double> weights = solve(TRY(correlations(columns)), {targets.begin(), targets.end()});
  if (weights.empty())
    return fail(ErrorCode::out_of_range, "some children repeat each other, so that their weights cannot be told apart; "
                                         "drop one of them, or use given or equal weights");
  double total = 0;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (!(weights[k] > 0))
      return fail(ErrorCode::out_of_range, "no weights above 0 give every child its say: one moves against the others; "
                                           "use given or equal weights");
    weights[k] /= deviation_of(columns[k]);
    total += weights[k];
  }
  for (double& weight : weights) weight /= total;
  return weights;
}

}  // namespace khaosat::index
