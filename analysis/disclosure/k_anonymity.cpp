#include "analysis/disclosure/k_anonymity.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

namespace khaosat::disclosure {
namespace {

struct Group {
  std::uint64_t records = 0;
  double population = 0;
};

double risk_of(const Group& group) {
  const double f = static_cast<double>(group.records);
  const double p = group.population > 0 ? f / group.population : 1;
  if (p >= 1) return 1 / f;
  const double odds = p / (1 - p);
  if (group.records == 1) return odds * std::log(1 / p);
  if (group.records == 2) return odds - odds * odds * std::log(1 / p);
  return p / (f - (1 - p));
}

}  // namespace

KeyCounts count_keys(std::span<const std::string> keys) {
  std::map<std::string, std::uint64_t> groups;
  for (const std::string& key : keys) ++groups[key];
  KeyCounts counts;
  for (const auto& [key, size] : groups) {
    counts.records += size;
    if (size == 1) counts.alone += size;
    if (size == 2) counts.in_pairs += size;
    if (size < 3) counts.below_three += size;
    if (size < 5) counts.below_five += size;
    counts.largest_group = std::max(counts.largest_group, size);
  }
  return counts;
}

std::vector<double> individual_risk(std::span<const std::string> keys, std::span<const double> weights) {
  assert(keys.size() == weights.size());
  std::map<std::string, Group> groups;
  for (std::size_t k = 0; k < keys.size(); ++k) {
    Group& group = groups[keys[k]];
    ++group.records;
    group.population += weights[k];
  }
  std::vector<double> risks;
  for (const std::string& key : keys) risks.push_back(risk_of(groups.at(key)));
  return risks;
}

}  // namespace khaosat::disclosure
