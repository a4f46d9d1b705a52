#include "analysis/disclosure/trait_guard.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace khaosat::disclosure {
namespace {

double banded(double value, double width) {
  if (width <= 0 || value <= TraitGuard::kNoAnswer) return value;
  const double low = std::floor(value / width) * width;
  return low == 0 ? 0 : low;  // no "-0"
}

// Values that stay, given how many records hold each.
std::vector<double> kept_values(const std::map<double, std::uint64_t>& counts, std::uint64_t minimum, std::uint64_t& withheld) {
  std::vector<std::pair<std::uint64_t, double>> by_size;
  for (const auto& [value, count] : counts) by_size.emplace_back(count, value);
  std::sort(by_size.begin(), by_size.end());
  withheld = 0;
  std::size_t first_kept = 0;
  while (first_kept < by_size.size() &&
         (by_size[first_kept].first < minimum || (withheld > 0 && withheld < minimum))) {
    withheld += by_size[first_kept++].first;
  }
  std::vector<double> kept;
  for (std::size_t k = first_kept; k < by_size.size(); ++k) kept.push_back(by_size[k].second);
  return kept;
}

}  // namespace

TraitGuard::TraitGuard(std::uint64_t minimum, double most_withheld) : minimum_(minimum), most_withheld_(most_withheld) {
  assert(minimum >= 2);
}

TraitGuard::Group TraitGuard::place_group(std::uint64_t place) {
  const auto [at, fresh] = places_.try_emplace(place, next_group_);
  if (fresh) ++next_group_;
  return at->second;
}

TraitGuard::Group TraitGuard::walk(Group group, std::span<const double> values, std::span<std::optional<double>> shown) const {
  for (std::size_t trait = 0; trait < decided_.size(); ++trait) {
    const Decided& decided = decided_[trait];
    if (!shown.empty()) shown[trait] = std::nullopt;
    if (!decided.kept) continue;
    const double value = banded(values[trait], decided.width);
    const auto groups = decided.shown.find(group);
    if (groups != decided.shown.end()) {
      if (const auto next = groups->second.find(value); next != groups->second.end()) {
        if (!shown.empty()) shown[trait] = value;
        group = next->second;
        continue;
      }
    }
    const auto rest = decided.withheld.find(group);
    assert(rest != decided.withheld.end());
    group = rest->second;
  }
  return group;
}

void TraitGuard::begin(TraitKind kind) {
  counting_ = {std::move(kind), {}, 0};
  counting_.counts.resize(counting_.kind.widths.size());
}

void TraitGuard::count(std::uint64_t place, std::span<const double> values) {
  const Group group = walk(place_group(place), values.first(values.size() - 1), {});
  ++counting_.records;
  for (std::size_t k = 0; k < counting_.counts.size(); ++k) {
    ++counting_.counts[k][group][banded(values.back(), counting_.kind.widths[k])];
  }
}

TraitOutcome TraitGuard::decide() {
  // The narrowest width that keeps nearly everything; else the one that withholds least.
  constexpr double kNearlyAll = 0.05;
  std::optional<std::size_t> best;
  std::uint64_t least = 0;
  for (std::size_t k = 0; k < counting_.counts.size(); ++k) {
    std::uint64_t withheld = 0;
    for (const auto& [group, counts] : counting_.counts[k]) {
      std::uint64_t here = 0;
      kept_values(counts, minimum_, here);
      withheld += here;
    }
    if (!best || withheld < least) {
      best = k;
      least = withheld;
    }
    if (static_cast<double>(least) <= kNearlyAll * static_cast<double>(counting_.records)) break;
  }
  Decided decided;
  TraitOutcome outcome;
  if (best && static_cast<double>(least) <= most_withheld_ * static_cast<double>(counting_.records)) {
    decided.kept = outcome.kept = true;
    decided.width = outcome.width = counting_.kind.widths[*best];
    outcome.withheld = least;
    for (const auto& [group, counts] : counting_.counts[*best]) {
      std::uint64_t withheld = 0;
      for (const double value : kept_values(counts, minimum_, withheld)) decided.shown[group][value] = next_group_++;
      if (withheld > 0) decided.withheld[group] = next_group_++;
    }
  } else {
    outcome.withheld = counting_.records;
  }
  decided_.push_back(std::move(decided));
  outcomes_.push_back(outcome);
  counting_ = {};
  return outcome;
}

std::optional<TraitGuard::Group> TraitGuard::known_place(std::uint64_t place) const {
  const auto found = places_.find(place);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

void TraitGuard::show(std::uint64_t place, std::span<const double> values, std::span<std::optional<double>> shown) const {
  assert(shown.size() == decided_.size());
  std::fill(shown.begin(), shown.end(), std::nullopt);
  if (const auto group = known_place(place)) walk(*group, values, shown);
}

std::uint64_t TraitGuard::group_of(std::uint64_t place, std::span<const double> values) const {
  const auto group = known_place(place);
  return group ? walk(*group, values, {}) : UINT64_MAX;
}

}  // namespace khaosat::disclosure
