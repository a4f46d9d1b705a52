#include "analysis/estimate/linear_algebra.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace khaosat::estimate {
namespace {

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void subtract(std::vector<double>& a, const std::vector<double>& direction, double length) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] -= length * direction[k];
}

// L D L' with the largest remaining diagonal first. `order[k]` is the row taken k-th.
struct Pivoted {
  Matrix lower;
  std::vector<double> diagonal;
  std::vector<std::size_t> order;
  std::size_t rank = 0;
};

Pivoted decompose(const Matrix& a, double tolerance) {
  const std::size_t n = a.rows;
  Matrix work = a;
  Pivoted result{Matrix(n, n), std::vector<double>(n, 0), std::vector<std::size_t>(n), 0};
  std::iota(result.order.begin(), result.order.end(), 0U);
  // Rows are measured against their own first diagonal, so that units of measurement do not matter.
  std::vector<double> scale(n);
  for (std::size_t k = 0; k < n; ++k) scale[k] = std::max(a(k, k), 1e-300);
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t best = k;
    for (std::size_t j = k; j < n; ++j) {
      const std::size_t row = result.order[j];
      const std::size_t champion = result.order[best];
      if (work(row, row) / scale[row] > work(champion, champion) / scale[champion]) best = j;
    }
    std::swap(result.order[k], result.order[best]);
    for (std::size_t j = 0; j < k; ++j) std::swap(result.lower(k, j), result.lower(best, j));
    const std::size_t pivot = result.order[k];
    if (!(work(pivot, pivot) > tolerance * scale[pivot])) break;
    result.rank = k + 1;
    result.diagonal[k] = work(pivot, pivot);
    result.lower(k, k) = 1;
    for (std::size_t j = k + 1; j < n; ++j)
      result.lower(j, k) = work(result.order[j], pivot) / work(pivot, pivot);
    for (std::size_t i = k + 1; i < n; ++i)
      for (std::size_t j = k + 1; j < n; ++j)
        work(result.order[i], result.order[j]) -=
            result.lower(i, k) * result.lower(j, k) * work(pivot, pivot);
  }
  return result;
}

std::vector<double> solve(const Pivoted& parts, std::span<const double> b) {
  const std::size_t rank = parts.rank;
  std::vector<double> z(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    z[i] = b[parts.order[i]];
    for (std::size_t j = 0; j < i; ++j) z[i] -= parts.lower(i, j) * z[j];
  }
  for (std::size_t i = 0; i < rank; ++i) z[i] /= parts.diagonal[i];
  for (std::size_t i = rank; i-- > 0;)
    for (std::size_t j = i + 1; j < rank; ++j) z[i] -= parts.lower(j, i) * z[j];
  std::vector<double> x(b.size(), 0);
  for (std::size_t i = 0; i < rank; ++i) x[parts.order[i]] = z[i];
  return x;
}

}  // namespace

std::vector<std::vector<double>> orthonormal_basis(std::span<const std::vector<double>> columns,
                                                   double tolerance) {
  std::vector<std::vector<double>> basis;
  for (std::vector<double> column : columns) {
    const double before = std::sqrt(dot(column, column));
    if (!(before > 0)) continue;
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& direction : basis) subtract(column, direction, dot(column, direction));
    const double after = std::sqrt(dot(column, column));
    if (after <= tolerance * before) continue;
    for (double& value : column) value /= after;
    basis.push_back(std::move(column));
  }
  return basis;
}

std::vector<double> solve_symmetric(const Matrix& a, std::span<const double> b, double tolerance) {
  return solve(decompose(a, tolerance), b);
}

Matrix invert_symmetric(const Matrix& a) {
  const Pivoted parts = decompose(a, 1e-13);
  if (parts.rank < a.rows) return {};
  Matrix inverse(a.rows, a.rows);
  for (std::size_t column = 0; column < a.rows; ++column) {
    std::vector<double> unit(a.rows, 0);
    unit[column] = 1;
    const auto x = solve(parts, unit);
    for (std::size_t row = 0; row < a.rows; ++row) inverse(row, column) = x[row];
  }
  return inverse;
}

Eigen eigen_symmetric(const Matrix& a) {
  const std::size_t n = a.rows;
  Matrix work = a;
  Matrix vectors(n, n);
  for (std::size_t k = 0; k < n; ++k) vectors(k, k) = 1;
  for (int sweep = 0; sweep < 100; ++sweep) {
    double off = 0;
    double on = 0;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) (i == j ? on : off) += work(i, j) * work(i, j);
    if (off <= 1e-30 * on) break;
    for (std::size_t p = 0; p < n; ++p)
      for (std::size_t q = p + 1; q < n; ++q) {
        if (work(p, q) == 0) continue;
        const double theta = (work(q, q) - work(p, p)) / (2 * work(p, q));
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1);
        const double s = t * c;
        for (std::size_t k = 0; k < n; ++k) {
          const double kp = work(k, p);
          const double kq = work(k, q);
          work(k, p) = c * kp - s * kq;
          work(k, q) = s * kp + c * kq;
        }
        for (std::size_t k = 0; k < n; ++k) {
          const double pk = work(p, k);
          const double qk = work(q, k);
          work(p, k) = c * pk - s * qk;
          work(q, k) = s * pk + c * qk;
          const double vp = vectors(k, p);
          const double vq = vectors(k, q);
          vectors(k, p) = c * vp - s * vq;
          vectors(k, q) = s * vp + c * vq;
        }
      }
  }
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return work(i, i) > work(j, j); });
  Eigen result{std::vector<double>(n), Matrix(n, n)};
  for (std::size_t k = 0; k < n; ++k) {
    result.values[k] = work(order[k], order[k]);
    for (std::size_t row = 0; row < n; ++row) result.vectors(row, k) = vectors(row, order[k]);
  }
  return result;
}

std::size_t rank_of_columns(std::span<const std::vector<double>> columns, double tolerance) {
  return orthonormal_basis(columns, tolerance).size();
}

}  // namespace khaosat::estimate
