#include "analysis/coherence/growth.h"

#include <cmath>
#include <map>

#include "analysis/change/comparability.h"

namespace khaosat::coherence {
namespace {

using index::ScoreNote;

// Why a node of some year does not continue the year before; by node.
std::map<std::string, std::string> obstacles(const index::IndexModel& model, std::span<const YearRun> years) {
  std::map<std::string, std::string> found;
  for (std::size_t k = 1; k < years.size(); ++k) {
    const std::string pair = std::to_string(years[k - 1].run->year) + " and " + std::to_string(years[k].run->year) + ": ";
    for (const auto& one : change::compare_models(model, *years[k - 1].run, model, *years[k].run, {}))
      if (!one.obstacles.empty())
        found.try_emplace(one.node, pair + std::string(change::name_of(one.obstacles.front().kind)) + " (" +
                                        one.obstacles.front().node + ": " + one.obstacles.front().detail + ")");
  }
  return found;
}

void take_year(const YearRun& year, const std::string& unit, const std::string& node, UnitGrowth& series) {
  const auto at = year.run->find_node(node);
  for (std::size_t k = 0; at && k < year.run->units.size(); ++k) {
    if (year.run->units[k].id != unit) continue;
    const disclosure::PublishedScore& told = year.published->units[k].scores[*at];
    if (told.state != disclosure::PublishedState::value || !told.value) return;
    const ScoreNote notes = year.run->units[k].scores[*at].notes;
    if (has(notes, ScoreNote::imputed) || has(notes, ScoreNote::treated) || has(notes, ScoreNote::reweighted)) {
      series.left_out.push_back(year.run->year);
    } else {
      series.values.push_back({year.run->year, *told.value});
    }
    return;
  }
}

}  // namespace

std::optional<double> annual_growth(std::span<const YearValue> values) {
  if (values.size() < 2) return std::nullopt;
  const YearValue& first = values.front();
  const YearValue& last = values.back();
  if (first.value == last.value) return 0;
  if (!(first.value > 0) || !(last.value > 0)) return std::nullopt;
  return std::pow(last.value / first.value, 1.0 / (last.year - first.year)) - 1;
}

std::optional<Trend> trend(std::span<const YearValue> values) {
  if (values.size() < 2) return std::nullopt;
  const double n = static_cast<double>(values.size());
  double mean_year = 0;
  double mean_value = 0;
  for (const YearValue& one : values) {
    mean_year += one.year / n;
    mean_value += one.value / n;
  }
  double products = 0;
  double squares = 0;
  for (const YearValue& one : values) {
    products += (one.year - mean_year) * (one.value - mean_value);
    squares += (one.year - mean_year) * (one.year - mean_year);
  }
  Trend result;
  result.per_year = products / squares;
  const double start = mean_value + result.per_year * (values.front().year - mean_year);
  if (start > 0) result.percent_per_year = result.per_year / start * 100;
  return result;
}

Result<Growth> growth(const index::IndexModel& model, std::span<const YearRun> years) {
  if (years.size() < 2) return fail(ErrorCode::not_comparable, "growth needs at least two years");
  Growth result;
  result.model = years.back().run->model;
  result.title = years.back().run->title;
  for (const YearRun& year : years) result.years.push_back(year.run->year);
  const auto blocked = obstacles(model, years);
  bool any = false;
  for (const index::RunNode& node : years.back().run->nodes) {
    const auto why = blocked.find(node.id);
    result.nodes.push_back({node.id, node.title, why == blocked.end() ? "" : why->second});
    if (why != blocked.end()) continue;
    any = true;
    for (const index::UnitScores& unit : years.back().run->units) {
      UnitGrowth series;
      series.unit = unit.id;
      series.node = node.id;
      for (const YearRun& year : years) {
        if (year.other_units.contains(unit.id)) series.values.clear();
        take_year(year, unit.id, node.id, series);
      }
      series.annual_growth = annual_growth(series.values);
      series.trend = trend(series.values);
      result.units.push_back(std::move(series));
    }
  }
  if (!any) return fail(ErrorCode::not_comparable, "no node can be compared over these years; " + result.nodes.front().reason);
  return result;
}

}  // namespace khaosat::coherence
