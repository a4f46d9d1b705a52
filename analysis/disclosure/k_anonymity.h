// How many records of a microdata file stand out by what others may know of a person (village, sex,
// age band …), before such a file may leave. Pure; thread safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace khaosat::disclosure {

// Records by the size of the group that shares their key.
struct KeyCounts {
  std::uint64_t records = 0;
  std::uint64_t alone = 0;         // nobody else has the same key
  std::uint64_t in_pairs = 0;
  std::uint64_t below_three = 0;
  std::uint64_t below_five = 0;
  std::uint64_t largest_group = 0;
};
// `keys`: one text per record, everything known put together.
KeyCounts count_keys(std::span<const std::string> keys);

// Probability that the record is the person somebody looks for, given that sampling weights estimate
// how many in the population share the key (Franconi & Polettini 2004; plain formula). In [0, 1].
// `weights` >= 1 on the whole; a key whose weights sum to less than its records counts as complete.
std::vector<double> individual_risk(std::span<const std::string> keys, std::span<const double> weights);

}  // namespace khaosat::disclosure
