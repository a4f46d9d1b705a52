// How answers were spread over the options of a scale, coarsened until it points at nobody. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"

namespace khaosat::disclosure {

struct PublishedShare {
  std::size_t first_option = 0;  // options first … last are counted together
  std::size_t last_option = 0;
  int percent = 0;  // rounded; need not add up to 100
};

struct PublishedDistribution {
  enum class State {
    shown,
    hidden,     // too few answers
    mean_only,  // enough for a mean, not for shares
    alike       // everybody, or nearly, chose among the same options: "at least" `at_least_percent` did
  };
  State state = State::hidden;
  std::vector<PublishedShare> shares;
  std::size_t first_option = 0;  // alike: where they are
  std::size_t last_option = 0;
  int at_least_percent = 0;
};

// `counts` per option, in the order of the scale. Fewer than 10 answers: no shares; 10-29: three
// categories (the middle one apart, both sides joined), rounded to 5 points; from 30 every option,
// rounded to 5 points below 100 answers and to 1 from there.
PublishedDistribution publish_distribution(std::span<const std::uint64_t> counts,
                                           const DisclosureRules& rules);

}  // namespace khaosat::disclosure
