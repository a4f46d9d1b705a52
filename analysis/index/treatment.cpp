#include "analysis/index/treatment.h"

#include <algorithm>
#include <array>
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
  // The mean of equal values may miss them by a last digit.
  const Ends ends = ends_of(values);
  if (ends.lowest == ends.highest) return shape;
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

namespace {

const std::array<std::string, 6> kMethods = {"mean",         "median",     "group_mean",
                                             "group_median", "regression", "earlier_value"};

// Coefficients of least squares by Householder's reflections; empty where the columns repeat each other.
// Row-major x with `columns` columns.
std::vector<double> least_squares(std::vector<double> x, std::vector<double> y, std::size_t columns) {
  const std::size_t rows = y.size();
  const auto at = [&](std::size_t i, std::size_t j) -> double& { return x[i * columns + j]; };
  for (std::size_t j = 0; j < columns; ++j) {
    double norm = 0;
    for (std::size_t i = j; i < rows; ++i) norm = std::hypot(norm, at(i, j));
    double whole = 0;
    for (std::size_t i = 0; i < rows; ++i) whole = std::hypot(whole, at(i, j));
    if (!(norm > 1e-10 * whole)) return {};
    const double alpha = at(j, j) > 0 ? -norm : norm;
    std::vector<double> v(rows, 0);
    double squares = 0;
    for (std::size_t i = j; i < rows; ++i) {
      v[i] = at(i, j) - (i == j ? alpha : 0);
      squares += v[i] * v[i];
    }
    const auto reflect = [&](const auto& get) {
      double dot = 0;
      for (std::size_t i = j; i < rows; ++i) dot += v[i] * get(i);
      for (std::size_t i = j; i < rows; ++i) get(i) -= 2 * dot / squares * v[i];
    };
    for (std::size_t k = j; k < columns; ++k) reflect([&](std::size_t i) -> double& { return at(i, k); });
    reflect([&](std::size_t i) -> double& { return y[i]; });
  }
  std::vector<double> coefficients(columns);
  for (std::size_t j = columns; j-- > 0;) {
    double sum = y[j];
    for (std::size_t k = j + 1; k < columns; ++k) sum -= at(j, k) * coefficients[k];
    coefficients[j] = sum / at(j, j);
  }
  return coefficients;
}

Treatment regress(RawValues& values, const Imputation& rule, const ImputationHelp& help) {
  const std::size_t columns = help.predictors.size() + 1;
  const auto row_of = [&](std::size_t unit) -> std::optional<std::vector<double>> {
    std::vector<double> row = {1};
    for (const RawValues& predictor : help.predictors) {
      if (!predictor[unit]) return std::nullopt;
      row.push_back(*predictor[unit]);
    }
    return row;
  };
  std::vector<double> x;
  std::vector<double> y;
  for (std::size_t unit = 0; unit < values.size(); ++unit) {
    const auto row = row_of(unit);
    if (!values[unit] || !row) continue;
    x.insert(x.end(), row->begin(), row->end());
    y.push_back(*values[unit]);
  }
  Treatment done;
  const std::size_t complete = y.size();
  const std::vector<double> coefficients =
      complete < columns + 1 ? std::vector<double>() : least_squares(std::move(x), std::move(y), columns);
  if (coefficients.empty()) {
    done.words = "nothing filled in: no regression on these columns with " + std::to_string(complete) + " complete units";
    return done;
  }
  for (std::size_t unit = 0; unit < values.size(); ++unit) {
    const auto row = row_of(unit);
    if (values[unit] || !row) continue;
    double value = 0;
    for (std::size_t k = 0; k < columns; ++k) value += coefficients[k] * (*row)[k];
    values[unit] = value;
    done.changed.push_back(unit);
  }
  std::string on;
  for (const std::string& column : rule.on) on += (on.empty() ? "" : ", ") + column;
  if (!done.changed.empty())
    done.words = "filled in " + std::to_string(done.changed.size()) + " of " + std::to_string(values.size()) +
                 " values by regression on " + on + " over " + std::to_string(complete) + " units";
  return done;
}

}  // namespace

std::span<const std::string> imputation_methods() { return kMethods; }

Treatment impute(RawValues& values, const Imputation& rule, const ImputationHelp& help) {
  Treatment done;
  if (rule.method.empty() || rule.method == "earlier_value") return done;
  if (rule.method == "regression") return regress(values, rule, help);
  const bool by_group = rule.method.starts_with("group_");
  const bool median = rule.method.ends_with("median");
  std::vector<double> all;
  std::map<std::string, std::vector<double>> inside;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (!values[k]) continue;
    all.push_back(*values[k]);
    if (by_group) inside[help.groups[k]].push_back(*values[k]);
  }
  if (all.empty()) return done;
  const auto centre = [&](const std::vector<double>& of) { return median ? median_of(of) : mean_of(of); };
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k]) continue;
    const auto group = by_group ? inside.find(help.groups[k]) : inside.end();
    values[k] = centre(group == inside.end() ? all : group->second);
    done.changed.push_back(k);
  }
  if (!done.changed.empty())
    done.words = "filled in " + std::to_string(done.changed.size()) + " of " +
                 std::to_string(values.size()) + " values by " + rule.method +
                 (by_group ? " of " + rule.group : "");
  return done;
}

Result<Treatment> treat_outliers(RawValues& values, const OutlierRule& rule) {
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
  if (!acceptable() && !rule.last_resort.method.empty()) {
    values = before;
    TRY_VOID(bend(values, rule.last_resort));
    done.words = "put on the curve " + rule.last_resort.method + ": winsorising " + std::to_string(steps) +
                 " times was not enough";
  } else {
    done.words = "winsorised " + std::to_string(steps) + " times";
  }
  if (!acceptable()) done.words += "; the distribution is still skewed";
  done.changed = differences(before, values);
  return done;
}

}  // namespace khaosat::index
