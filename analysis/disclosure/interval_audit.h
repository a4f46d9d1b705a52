// Between what ends an outsider can place a hidden figure, knowing the published ones to their last printed digit, the
// ends of every scale, and how figures are tied. Pure; thread safe.
#pragma once

#include <span>
#include <vector>

#include "analysis/disclosure/linear_audit.h"

namespace khaosat::disclosure {

struct Range {
  double low = 0;
  double high = 0;
  double width() const { return high - low; }
};

// Narrows `ranges` (one for each variable; infinite ends are allowed) by every equation in turn until nothing moves
// by more than a ten-thousandth of what is left. `values`: the true ones, which give each equation its constant.
// Never narrower than the truth allows; wider than the best attacker's where several equations share several unknowns.
// False: nothing fits, which cannot be while `ranges` hold the truth.
bool narrow(std::span<const Equation> equations, std::span<const double> values, std::vector<Range>& ranges);

}  // namespace khaosat::disclosure
