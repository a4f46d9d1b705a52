// How small is too small. Frozen with the campaign; printed with what is published.
#pragma once

#include <cstdint>

namespace khaosat::disclosure {

struct DisclosureRules {
  // Fewer respondents than this behind a figure, or behind the difference of two figures: hidden.
  std::uint64_t minimum = 5;
  // Below this a mean stands alone, without interval and exact n: n and a mean to one decimal fix
  // the whole distribution in 7-9 % of groups of 5, in none from 10 on.
  std::uint64_t alone_below = 10;
  int decimals = 1;  // of survey values; published and assessed ones are public anyway
  // Everybody answered alike: only this share of the scale is given away ("at least 80 %").
  double homogeneous_bound = 0.8;
  // What parents and siblings may reveal of a hidden value: no interval narrower than this share of
  // its range.
  double narrowest = 0.1;

  // Distributions over options.
  std::uint64_t three_categories_from = 10;
  std::uint64_t five_categories_from = 30;
  std::uint64_t whole_percent_from = 100;  // below: rounded to 5 points
};

inline DisclosureRules rules_for_citizens() { return {}; }
// Staff who judge a superior or a small team.
inline DisclosureRules rules_for_staff() {
  DisclosureRules rules;
  rules.minimum = 10;
  return rules;
}

}  // namespace khaosat::disclosure
