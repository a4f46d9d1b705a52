// How evenly people answered: R = 1 - 2 S(rho) of the response propensities rho (Schouten, Cobben & Bethlehem
// 2009). Propensities are those of a saturated model: the response rate of each cell of the frame's
// categories. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace khaosat::quality {

struct ResponseCell {
  std::vector<std::string> categories;  // one for each variable, in one order
  std::uint64_t invited = 0;
  std::uint64_t answered = 0;
};

struct PartialIndicator {
  std::size_t variable = 0;
  std::string category;  // empty: the whole variable
  // Unconditional partial indicator (Schouten, Shlomo & Skinner 2011): of a variable its part of S, of a
  // category signed: below 0 answered less than the rest.
  double value = 0;
};

struct ResponseIndicator {
  double rate = 0;
  double spread = 0;     // S(rho)
  double r = 1;
  // S² less what binomial luck alone adds (Shlomo, Skinner & Schouten 2012); not below 0.
  double adjusted_r = 1;
  // S / mean(rho): bounds the bias of a mean in standard deviations of the answer.
  double coefficient_of_variation = 0;
  std::vector<PartialIndicator> partial;
};

// Refuses no_valid_answers (nobody invited, nobody answered), out_of_range (more answers than invitations),
// design_invalid (cells of different numbers of variables).
Result<ResponseIndicator> response_indicator(const std::vector<ResponseCell>& cells);

}  // namespace khaosat::quality
