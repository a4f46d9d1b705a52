#include "analysis/index/principal_component.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace khaosat::index {
namespace {

using Matrix = std::vector<double>;  // row-major, square

}  // namespace

Result<Matrix> correlations(std::span<const std::vector<double>> columns) {
  const std::size_t p = columns.size();
  const std::size_t n = columns.empty() ? 0 : columns[0].size();
  if (n < 3) return fail(ErrorCode::no_valid_answers, "weights from the data need at least 3 complete units");
  std::vector<std::vector<double>> centred;
  for (const std::vector<double>& column : columns) {
    const double mean = std::accumulate(column.begin(), column.end(), 0.0) / static_cast<double>(n);
    std::vector<double> values;
    double squares = 0;
    for (const double value : column) {
      values.push_back(value - mean);
      squares += values.back() * values.back();
    }
    // The mean of equal values may miss them by a last digit, so their squares are no test.
    const auto [low, high] = std::minmax_element(column.begin(), column.end());
    if (*low == *high || !(squares > 0))
      return fail(ErrorCode::no_valid_answers, "a child has the same score everywhere; it cannot get a weight from the data");
    for (double& value : values) value /= std::sqrt(squares);
    centred.push_back(std::move(values));
  }
  Matrix matrix(p * p);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < p; ++j)
      matrix[i * p + j] = std::inner_product(centred[i].begin(), centred[i].end(), centred[j].begin(), 0.0);
  return matrix;
}

// Cyclic Jacobi rotations: slow for large matrices, exact enough and without surprises for the few
// children a node has.
Result<PrincipalComponents> principal_components(std::span<const std::vector<double>> columns) {
  const std::size_t p = columns.size();
  Matrix a = TRY(correlations(columns));
  Matrix v(p * p, 0);
  for (std::size_t i = 0; i < p; ++i) v[i * p + i] = 1;
  for (int sweep = 0; sweep < 100; ++sweep) {
    double off = 0;
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = i + 1; j < p; ++j) off += a[i * p + j] * a[i * p + j];
    if (off < 1e-28) break;
    if (sweep == 99) return fail(ErrorCode::not_converged, "the principal component did not converge");
    for (std::size_t i = 0; i < p; ++i) {
      for (std::size_t j = i + 1; j < p; ++j) {
        if (a[i * p + j] == 0) continue;
        const double theta = (a[j * p + j] - a[i * p + i]) / (2 * a[i * p + j]);
        const double t = (theta >= 0 ? 1 : -1) / (std::fabs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1);
        const double s = t * c;
        for (std::size_t k = 0; k < p; ++k) {
          const double x = a[k * p + i];
          const double y = a[k * p + j];
          a[k * p + i] = c * x - s * y;
          a[k * p + j] = s * x + c * y;
        }
        for (std::size_t k = 0; k < p; ++k) {
          const double x = a[i * p + k];
          const double y = a[j * p + k];
          a[i * p + k] = c * x - s * y;
          a[j * p + k] = s * x + c * y;
        }
        for (std::size_t k = 0; k < p; ++k) {
          const double x = v[k * p + i];
          const double y = v[k * p + j];
          v[k * p + i] = c * x - s * y;
          v[k * p + j] = s * x + c * y;
        }
      }
    }
  }
  PrincipalComponents result;
  std::vector<std::size_t> order(p);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return a[i * p + i] > a[j * p + j]; });
  for (const std::size_t i : order) result.eigenvalues.push_back(a[i * p + i]);
  double sum = 0;
  for (std::size_t k = 0; k < p; ++k) {
    result.first.push_back(v[k * p + order[0]]);
    sum += result.first.back();
  }
  if (sum < 0)
    for (double& coefficient : result.first) coefficient = -coefficient;
  return result;
}

}  // namespace khaosat::index
