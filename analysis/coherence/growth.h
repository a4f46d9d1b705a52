// How a node moved over the years of a series, where the years can be compared at all. Values only: whether
// a change is more than the luck of the draw is tested by analysis/change. Pure; thread safe.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analysis/coherence/describe.h"
#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_model.h"
#include "base/result.h"

namespace khaosat::coherence {

struct YearValue {
  int year = 0;
  double value = 0;
};

// (last / first)^(1 / years) - 1, over the first and last year with a value. Nothing with fewer than two
// years, or where the first value and the last do not both lie above 0 (no constant rate leads there).
std::optional<double> annual_growth(std::span<const YearValue> values);
// Change per year by least squares over all years with a value (of two years: between them), in points, and
// as a percentage of the line's value in the first year where that is above 0.
struct Trend {
  double per_year = 0;
  std::optional<double> percent_per_year;
};
std::optional<Trend> trend(std::span<const YearValue> values);

struct UnitGrowth {
  std::string unit;
  std::string node;
  std::vector<YearValue> values;
  std::vector<int> left_out;  // years whose value was filled in, tamed or of other children
  std::optional<double> annual_growth;
  std::optional<Trend> trend;
};

struct NodeGrowth {
  std::string node;
  LocalText title;
  // Not empty: years that cannot be compared, so nothing is stated.
  std::string reason;
};

struct Growth {
  DefinitionIdentity model;
  LocalText title;
  std::vector<int> years;
  std::vector<NodeGrowth> nodes;
  std::vector<UnitGrowth> units;  // nodes without a reason only; hidden figures are left out
};

struct YearRun {
  const index::IndexRun* run;
  const disclosure::PublishedRun* published;
  // Ids that named another unit the year before: their series begins here.
  std::set<std::string> other_units = {};
};
// Years ascending, all of one model. Refuses not_comparable: fewer than two years, or no node that can be compared.
Result<Growth> growth(const index::IndexModel& model, std::span<const YearRun> years);

// Stable JSON, schema khaosat/index_growth/1.
std::string to_json(const Growth& growth);

}  // namespace khaosat::coherence
