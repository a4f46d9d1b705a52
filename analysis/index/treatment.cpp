#include "analysis/index/treatment.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace khaosat::index {
namespace {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

struct Ends {
  double lowest = 0;
  double highest = 0;
  bool any = false;
};

Ends ends_of(std::span<const std::optional<double>> values) {
  Ends ends;
  for (const auto& value : values) {
    if (!value) continue;
    ends.lowest = ends.any ? std::min(ends.lowest, *value) : *value;
    ends.highest = ends.any ? std::max(ends.highest, *value) : *value;
    ends.any = true;
  }
  return ends;
}

// Moves every occurrence of the extreme value to its neighbour; false if there is none.
bool winsorise_once(RawValues& values, bool high) {
  const Ends ends = ends_of(values);
  const double extreme = high ? ends.highest : ends.lowest;
  std::optional<double> next;
  for (const auto& value : values)
    if (value && *value != extreme)
      next = !next ? *value : high ? std::max(*next, *value) : std::min(*next, *value);
  if (!next) return false;
  for (auto& value : values)
    if (value && *value == extreme) value = next;
  return true;
}

std::vector<std::size_t> differences(const RawValues& before, const RawValues& after) {
  std::vector<std::size_t> changed;
  for (std::size_t k = 0; k < before.size(); ++k)
    if (before[k] != after[k]) changed.push_back(k);
  return changed;
}

}  // namespace

Shape shape_of(std::span<const std::optional<double>> values) {
  std::vector<double> present;
  for (const auto& value : values)
    if (value) present.push_back(*value);
  const double n = static_cast<double>(present.size());
  Shape shape;
  if (present.size() < 3) return shape;
  const double mean = mean_of(present);
  double second = 0;
  double third = 0;
  double fourth = 0;
  for (const double value : present) {
    const double d = value - mean;
    second += d * d;
    third += d * d * d;
    fourth += d * d * d * d;
  }
  if (second == 0) return shape;
  shape.skew = std::sqrt(n) * third / std::pow(second, 1.5) * std::sqrt(n * (n - 1)) / (n - 2);
  if (present.size() > 3) {
    const double g2 = n * fourth / (second * second) - 3;
    shape.kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * g2 + 6);
  }
  return shape;
}

Treatment impute(RawValues& values, const Imputation& rule, std::span<const std::string> groups) {
  Treatment done;
  if (rule.method.empty()) return done;
  const bool by_group = rule.method.starts_with("group_");
  const bool median = rule.method.ends_with("median");
  std::vector<double> all;
  std::map<std::string, std::vector<double>> inside;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!values[k]) continue;
    all.push_back(*values[k]);
    if (by_group) inside[groups[k]].push_back(*values[k]);
  }
  if (all.empty()) return done;
  const auto centre = [&](const std::vector<double>& of) { return median ? median_of(of) : mean_of(of); };
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k]) continue;
    const auto group = by_group ? inside.find(groups[k]) : inside.end();
    values[k] = centre(group == inside.end() ? all : group->second);
    done.changed.push_back(k);
  }
  if (!done.changed.empty())
    done.words = "filled in " + std::to_string(done.changed.size()) + " of " +
                 std::to_string(values.size()) + " values by " + rule.method +
                 (by_group ? " of " + rule.group : "");
  return done;
}

void logarithm(RawValues& values) {
  const Ends ends = ends_of(values);
  const double range = ends.highest - ends.lowest;
  if (range == 0) return;
  for (auto& value : values)
    if (value) value = std::log(*value - ends.lowest + 0.01 * range);
}

Treatment treat_outliers(RawValues& values, const OutlierRule& rule) {
  Treatment done;
  if (!rule.on) return done;
  const RawValues before = values;
  const auto acceptable = [&] {
    const Shape shape = shape_of(values);
    return std::fabs(shape.skew) < rule.largest_skew || shape.kurtosis < rule.largest_kurtosis;
  };
  int steps = 0;
  bool moved = true;
  while (!acceptable() && steps < rule.most_points && moved) {
    moved = winsorise_once(values, shape_of(values).skew > 0);
    if (moved) ++steps;
  }
  if (steps == 0 && acceptable()) return done;
  if (!acceptable() && rule.logarithm_if_not_enough) {
    values = before;
    logarithm(values);
    done.words = "put on a logarithm: winsorising " + std::to_string(steps) + " times was not enough";
  } else {
    done.words = "winsorised " + std::to_string(steps) + " times";
    if (!acceptable()) done.words += "; the distribution is still skewed";
  }
  done.changed = differences(before, values);
  return done;
}

}  // namespace khaosat::index
