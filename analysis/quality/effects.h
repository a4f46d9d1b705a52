// What the person who asked, or the office where one was asked, seems to add to the answers. One-way and
// nested analysis of variance of each respondent's keyed mean (Snedecor & Cochran 1989, ch. 13). An effect of
// offices may be true performance; an effect of interviewers within one office hardly can. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace khaosat::quality {

struct Effect {
  double f = 0;
  double numerator_df = 0;
  double denominator_df = 0;
  double p = 1;
  // Share of the variance that lies between classes: ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW), at least 0.
  double share = 0;
  // 95 % interval of the share from the distribution of F, with n0 for unequal classes (Searle 1971; Donner &
  // Wells 1986), at least 0.
  double share_lower = 0;
  double share_upper = 1;
  // What it costs: 1 + (sum n_a²/n - 1) share.
  double design_effect = 1;
};

// NaN values are left out. Nothing where fewer than two classes have values, or nobody differs.
std::optional<Effect> effect_of(std::span<const double> values, std::span<const std::uint32_t> classes);

// Of classes within places, all places together: F = MS(classes within places) / MS(within classes).
std::optional<Effect> effect_within(std::span<const double> values, std::span<const std::uint32_t> classes,
                                    std::span<const std::uint32_t> places);

}  // namespace khaosat::quality
