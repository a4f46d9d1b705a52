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
  // Everybody answered alike, or nearly: only this share of the scale is given away ("at least 80 %").
  double homogeneous_bound = 0.8;
  // Nearly: fewer steps of the scale than this, all answers taken together. Were a bound told of groups in
  // perfect agreement only, it would say what everybody in them answered; so those it could be are kept back
  // with them, and who answered otherwise cannot tell whether anybody else did.
  double alike_below = 3;
  // What parents and siblings may reveal of a hidden value: no interval narrower than this share of
  // its range.
  double narrowest = 0.1;
  // What everything published together may reveal of a figure of fewer people than the minimum: no less than this
  // share of its range. Four people or fewer who answer yes or no have no two means nearer than a quarter at the ends.
  double narrowest_few = 0.25;

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
