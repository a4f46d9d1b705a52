#include "analysis/disclosure/interval_audit.h"

#include <algorithm>
#include <cmath>

namespace khaosat::disclosure {
namespace {

// The ends of a sum of terms, infinite ones counted apart so that one term can be taken out again.
struct Ends {
  double low = 0;
  double high = 0;
  int endless_low = 0;
  int endless_high = 0;

  void add(double low_end, double high_end) {
    if (std::isfinite(low_end)) low += low_end; else ++endless_low;
    if (std::isfinite(high_end)) high += high_end; else ++endless_high;
  }
};

// What a term can be.
Range of(const Term& term, const Range& range) {
  const double a = term.coefficient * range.low;
  const double b = term.coefficient * range.high;
  return {std::min(a, b), std::max(a, b)};
}

enum class Outcome { still, moved, impossible };

Outcome narrow_by(const Equation& equation, double constant, std::vector<Range>& ranges) {
  Ends all;
  for (const Term& term : equation.terms) {
    const Range part = of(term, ranges[term.variable]);
    all.add(part.low, part.high);
  }
  bool moved = false;
  for (const Term& term : equation.terms) {
    Range& range = ranges[term.variable];
    const Range part = of(term, range);
    const bool low_known = all.endless_low == (std::isfinite(part.low) ? 0 : 1);
    const bool high_known = all.endless_high == (std::isfinite(part.high) ? 0 : 1);
    // c x = constant - others.
    const double most = low_known ? constant - (all.low - (std::isfinite(part.low) ? part.low : 0)) : part.high;
    const double least = high_known ? constant - (all.high - (std::isfinite(part.high) ? part.high : 0)) : part.low;
    const double ends[] = {least / term.coefficient, most / term.coefficient};
    const double low = std::max(range.low, std::min(ends[0], ends[1]));
    const double high = std::min(range.high, std::max(ends[0], ends[1]));
    if (!(low <= high)) {
      // By a hair it is the arithmetic's doing.
      if (low - high > 1e-7 * (1 + std::fabs(low))) return Outcome::impossible;
      continue;
    }
    const double enough = std::isfinite(range.width()) ? 1e-4 * range.width() : 0;
    if (low - range.low > enough || range.high - high > enough) moved = true;
    range = {low, high};
    const Range now = of(term, range);
    if (std::isfinite(part.low)) all.low += now.low - part.low; else if (std::isfinite(now.low)) { all.low += now.low; --all.endless_low; }
    if (std::isfinite(part.high)) all.high += now.high - part.high; else if (std::isfinite(now.high)) { all.high += now.high; --all.endless_high; }
  }
  return moved ? Outcome::moved : Outcome::still;
}

}  // namespace

bool narrow(std::span<const Equation> equations, std::span<const double> values, std::vector<Range>& ranges) {
  std::vector<double> constants;
  for (const Equation& equation : equations) {
    double constant = 0;
    for (const Term& term : equation.terms) constant += term.coefficient * values[term.variable];
    constants.push_back(constant);
  }
  constexpr int kRounds = 60;  // each narrows; a few do where equations hang together as trees
  for (int round = 0; round < kRounds; ++round) {
    bool moved = false;
    for (std::size_t k = 0; k < equations.size(); ++k) {
      const Outcome outcome = narrow_by(equations[k], constants[k], ranges);
      if (outcome == Outcome::impossible) return false;
      moved = moved || outcome == Outcome::moved;
    }
    if (!moved) return true;
  }
  return true;
}

}  // namespace khaosat::disclosure
