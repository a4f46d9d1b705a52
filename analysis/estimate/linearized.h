// A value and the influence of each part of the sample on it. Variances and covariances of any
// smooth statistic follow from influences alone (Binder 1983; Deville 1999), so whoever adds a
// statistic or a way to aggregate provides a value and a gradient, and nothing else.
//
// Two resolutions of the same idea:
//   Linearized       one influence per respondent: needed for two stages and calibrated weights;
//   LinearizedByPsu  influences summed over each PSU, PSUs outside the domain left out: enough for
//                    one stage, independent of the number of respondents, made from mergeable sums.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

// Who is meant: one entry per respondent, not 0 = inside. Empty: everybody. Rows outside stay in
// the sample with influence 0; dropping them first would understate the error.
using Domain = std::vector<std::uint8_t>;

struct Linearized {
  double value = 0;
  std::vector<double> influence;  // per respondent (weight included), 0 outside the domain
  // Rows the value rests on: inside the domain, with a valid answer. Empty: all.
  Domain domain;
};

struct PsuInfluence {
  std::uint32_t psu = 0;  // dense index in the design
  double influence = 0;
};

struct LinearizedByPsu {
  double value = 0;
  // Ascending by psu. A PSU of the domain is listed even when its influence is 0; a PSU not listed
  // is outside the domain, though still in the sample.
  std::vector<PsuInfluence> influence;
};

// g(parts) by the chain rule: `value` = g, `gradient[k]` = dg/d part k, all finite and of equal
// number; influence = sum_k gradient[k] * influence_k. The parts must come from one design.
Linearized combine(double value, std::span<const Linearized> parts,
                   std::span<const double> gradient);
LinearizedByPsu combine(double value, std::span<const LinearizedByPsu> parts,
                        std::span<const double> gradient);
// The same of parts that lie apart; one allocation where all parts list the same PSUs.
LinearizedByPsu combine(double value, std::span<const LinearizedByPsu* const> parts,
                        std::span<const double> gradient);

// constant + sum_k coefficients[k] * parts[k].
Linearized linear_combination(double constant, std::span<const Linearized> parts,
                              std::span<const double> coefficients);
LinearizedByPsu linear_combination(double constant, std::span<const LinearizedByPsu> parts,
                                   std::span<const double> coefficients);
// first - second, of units of one design, or of years of one stacked design (stack.h).
Linearized difference(const Linearized& first, const Linearized& second);
LinearizedByPsu difference(const LinearizedByPsu& first, const LinearizedByPsu& second);

// Per respondent -> per PSU. Refuses design_invalid for two-stage or calibrated designs, whose
// variance needs respondents, and for lengths that do not fit.
Result<LinearizedByPsu> sum_by_psu(const SampleDesign& design, const Linearized& linearized);

// The mergeable sums of one item over the respondents of one PSU who gave a valid answer.
struct ItemSums {
  std::uint32_t psu = 0;  // dense index in the design
  std::uint64_t n_answered = 0;
  double sum_of_weights = 0;
  double sum_of_weighted_scores = 0;
};

// Ratio mean R = sum w y / sum w with influence (sum_a w y - R sum_a w) / sum w of PSU a. `sums`
// ascending by psu, one entry per PSU of the domain that has answers (entries with n_answered = 0
// are left out). Refuses no_valid_answers, weights_sum_to_zero, design_invalid (order, not finite).
Result<LinearizedByPsu> mean_from_sums(std::span<const ItemSums> sums);
// The total sum w y, influence sum_a w y.
Result<LinearizedByPsu> total_from_sums(std::span<const ItemSums> sums);
// Respondents with a valid answer.
std::uint64_t count_answered(std::span<const ItemSums> sums);

}  // namespace khaosat::estimate
