#include "analysis/disclosure/linear_audit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace khaosat::disclosure {
namespace {

constexpr double kZero = 1e-10;

// Which hidden variables hang together through equations: each set is solved by itself.
class Components {
 public:
  explicit Components(std::size_t variables) : parent_(variables) {
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
  }
  std::size_t find(std::size_t variable) {
    while (parent_[variable] != variable) variable = parent_[variable] = parent_[parent_[variable]];
    return variable;
  }
  void join(std::size_t a, std::size_t b) { parent_[find(a)] = find(b); }

 private:
  std::vector<std::size_t> parent_;
};

using Row = std::vector<double>;

// Reduced row echelon form in place; returns the pivot column of each row kept.
std::vector<std::size_t> reduce(std::vector<Row>& rows, std::size_t columns) {
  std::vector<std::size_t> pivots;
  std::size_t top = 0;
  for (std::size_t column = 0; column < columns && top < rows.size(); ++column) {
    std::size_t best = top;
    for (std::size_t row = top + 1; row < rows.size(); ++row)
      if (std::fabs(rows[row][column]) > std::fabs(rows[best][column])) best = row;
    if (std::fabs(rows[best][column]) < kZero) continue;
    std::swap(rows[top], rows[best]);
    const double pivot = rows[top][column];
    for (double& entry : rows[top]) entry /= pivot;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const double factor = rows[row][column];
      if (row == top || std::fabs(factor) < kZero) continue;
      for (std::size_t k = 0; k < columns; ++k) {
        rows[row][k] -= factor * rows[top][k];
        if (std::fabs(rows[row][k]) < kZero) rows[row][k] = 0;
      }
    }
    pivots.push_back(column);
    ++top;
  }
  return pivots;
}

// Elimination of the hidden variables, component by component; each row is handed on with its variables.
template <typename Take>
void eliminate(std::span<const Equation> equations, const std::vector<bool>& hidden, Take take) {
  Components components(hidden.size());
  std::vector<std::vector<Term>> unknowns;  // of each equation
  for (const Equation& equation : equations) {
    std::vector<Term> terms;
    double largest = 0;
    for (const Term& term : equation.terms) {
      if (!hidden[term.variable]) continue;
      terms.push_back(term);
      largest = std::max(largest, std::fabs(term.coefficient));
      components.join(terms.front().variable, term.variable);
    }
    for (Term& term : terms) term.coefficient /= largest;
    if (!terms.empty()) unknowns.push_back(std::move(terms));
  }

  std::map<std::size_t, std::vector<const std::vector<Term>*>> equations_of;
  for (const std::vector<Term>& terms : unknowns)
    equations_of[components.find(terms.front().variable)].push_back(&terms);

  for (const auto& [component, members] : equations_of) {
    std::map<std::size_t, std::size_t> column_of;
    std::vector<std::size_t> variable_of;
    for (const auto* terms : members)
      for (const Term& term : *terms)
        if (column_of.emplace(term.variable, variable_of.size()).second) variable_of.push_back(term.variable);
    std::vector<Row> rows;
    for (const auto* terms : members) {
      Row row(variable_of.size(), 0);
      for (const Term& term : *terms) row[column_of.at(term.variable)] += term.coefficient;
      rows.push_back(std::move(row));
    }
    const std::vector<std::size_t> pivots = reduce(rows, variable_of.size());
    for (std::size_t row = 0; row < pivots.size(); ++row) take(rows[row], variable_of, pivots[row]);
  }
}

}  // namespace

std::vector<bool> determined(std::span<const Equation> equations, const std::vector<bool>& hidden) {
  std::vector<bool> result(hidden.size(), false);
  eliminate(equations, hidden, [&](const Row& row, const std::vector<std::size_t>& variable_of, std::size_t pivot) {
    const auto others = std::count_if(row.begin(), row.end(), [](double entry) { return std::fabs(entry) > kZero; });
    if (others == 1) result[variable_of[pivot]] = true;
  });
  return result;
}

std::vector<Equation> reduced(std::span<const Equation> equations, const std::vector<bool>& hidden) {
  std::vector<Equation> rows;
  eliminate(equations, hidden, [&](const Row& row, const std::vector<std::size_t>& variable_of, std::size_t) {
    Equation equation;
    for (std::size_t k = 0; k < row.size(); ++k)
      if (std::fabs(row[k]) > kZero) equation.terms.push_back({variable_of[k], row[k]});
    rows.push_back(std::move(equation));
  });
  return rows;
}

}  // namespace khaosat::disclosure
