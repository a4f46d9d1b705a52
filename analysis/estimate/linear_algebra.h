// The few matrix operations estimation needs: dense, small, row-major. Pure, thread safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace khaosat::estimate {

struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> values;  // rows * columns

  Matrix() = default;
  Matrix(std::size_t row_count, std::size_t column_count, double fill = 0)
      : rows(row_count), columns(column_count), values(row_count * column_count, fill) {}
  double& operator()(std::size_t row, std::size_t column) { return values[row * columns + column]; }
  double operator()(std::size_t row, std::size_t column) const {
    return values[row * columns + column];
  }
};

// An orthonormal basis of the space spanned by `columns` (each of the same length); columns that
// depend on earlier ones add nothing. Gram-Schmidt, every projection done twice.
std::vector<std::vector<double>> orthonormal_basis(std::span<const std::vector<double>> columns,
                                                   double tolerance = 1e-10);

// A solution of A x = b for a symmetric positive semidefinite A; directions that A does not
// determine get 0, so the caller checks the outcome where the equations may contradict each other.
std::vector<double> solve_symmetric(const Matrix& a, std::span<const double> b,
                                    double tolerance = 1e-13);

// Inverse of a symmetric positive definite matrix; empty when it is singular.
Matrix invert_symmetric(const Matrix& a);

// Eigenvalues in descending order and eigenvectors in the columns (Jacobi rotations).
struct Eigen {
  std::vector<double> values;
  Matrix vectors;
};
Eigen eigen_symmetric(const Matrix& a);

// Number of columns that keep more than `tolerance` of their length when what earlier columns span
// is taken away: the count of R's qr(tol).
std::size_t rank_of_columns(std::span<const std::vector<double>> columns, double tolerance = 1e-5);

}  // namespace khaosat::estimate
