// What an outsider can work out by adding and subtracting published figures. Published figures are
// tied by linear equations (a parent and its children, a group and its members); hidden ones are
// the unknowns. Pure; thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace khaosat::disclosure {

struct Term {
  std::size_t variable = 0;
  double coefficient = 0;  // not 0
};

struct Equation {
  std::vector<Term> terms;  // sum of coefficient times variable is a constant everybody knows
};

// For each variable: hidden, and fixed by the equations and the variables that are not hidden.
// Gauss-Jordan elimination over the hidden variables; exact enough for coefficients between 1e-6
// and 1e6 in magnitude.
std::vector<bool> determined(std::span<const Equation> equations, const std::vector<bool>& hidden);

// The same equations after elimination: of hidden variables only, each with as few of them as elimination leaves.
std::vector<Equation> reduced(std::span<const Equation> equations, const std::vector<bool>& hidden);

}  // namespace khaosat::disclosure
