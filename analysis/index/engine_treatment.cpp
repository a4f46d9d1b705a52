// Leaves, after all are filled: who is screened out, filling in, taming, bending.
#include <algorithm>
#include <cmath>

#include "analysis/index/engine.h"

namespace khaosat::index {

// From what was measured: nothing has been filled in yet.
void Engine::screen() {
  screened_.assign(run_.units.size(), false);
  if (model_.screen_minimum_share <= 0 && model_.screen_minimum_nonzero_share <= 0) return;
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    double leaves = 0;
    double present = 0;
    double other_than_zero = 0;
    for (std::size_t place = 0; place < tree_.places.size(); ++place) {
      if (!node_at(place).leaf) continue;
      ++leaves;
      const Work& work = work_[place][unit];
      if (work.score.state != ScoreState::value) continue;
      ++present;
      if (work.linear.value != 0) ++other_than_zero;
    }
    screened_[unit] = present < model_.screen_minimum_share * leaves - 1e-9 ||
                      other_than_zero < model_.screen_minimum_nonzero_share * present - 1e-9;
  }
}

// Has a value, and is one of the units that others are compared with.
bool Engine::counts(std::size_t place, std::size_t unit) const {
  return work_[place][unit].score.state == ScoreState::value && !run_.units[unit].group && !screened_[unit];
}

RawValues Engine::raw_values(std::size_t place) const {
  RawValues values;
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit)
    values.push_back(counts(place, unit) ? std::optional<double>(work_[place][unit].linear.value) : std::nullopt);
  return values;
}

Result<void> Engine::treat(std::size_t place) {
  const Node& node = node_at(place);
  if (node.imputation.method.empty() && !node.outliers.on && node.transform.method.empty()) return {};
  if (node.imputation.method == "earlier_value") carry_forward(place);
  // Only units of tables that were not screened out take part.
  std::vector<std::size_t> units;
  RawValues values;
  ImputationHelp help;
  help.predictors.resize(node.imputation.on.size());
  for (std::size_t unit = 0; unit < input_.units.size(); ++unit) {
    if (screened_[unit]) continue;
    const UnitInput& data = input_.units[unit];
    units.push_back(unit);
    values.push_back(counts(place, unit) ? std::optional<double>(work_[place][unit].linear.value) : std::nullopt);
    const auto group = data.groups.find(node.imputation.group);
    help.groups.push_back(group == data.groups.end() ? "" : group->second);
    for (std::size_t k = 0; k < help.predictors.size(); ++k) {
      const auto found = data.columns.find(node.imputation.on[k]);
      const bool known = found != data.columns.end() && found->second.state == Datum::State::number;
      help.predictors[k].push_back(known ? std::optional<double>(found->second.number) : std::nullopt);
    }
  }
  const auto at_node = [&](Error error) {
    error.where = "node " + node.id;
    return fail(std::move(error));
  };
  const Treatment filled = impute(values, node.imputation, help);
  const auto tamed = treat_outliers(values, node.outliers);
  if (!tamed) return at_node(tamed.error());
  std::vector<std::string> words = {filled.words, tamed->words};
  const TransformMethod* curve = find_transform(node.transform.method);
  if (curve != nullptr) {
    if (auto bent = bend(values, node.transform); !bent) return at_node(bent.error());
    words.push_back("values put on the curve " + node.transform.method);
  }
  for (std::size_t k = 0; k < units.size(); ++k) {
    Work& work = work_[place][units[k]];
    if (!values[k] || !std::isfinite(*values[k])) {
      if (work.score.state == ScoreState::value) work.no_value(ScoreState::missing, "out_of_range");
      continue;
    }
    if (work.score.state == ScoreState::value && work.score.raw != *values[k]) work.score.measured = work.score.raw;
    work.score.state = ScoreState::value;
    work.score.reason.clear();
    work.score.raw = *values[k];
    work.linear.value = *values[k];
    if (curve != nullptr && curve->relative) work.note(ScoreNote::treated);
  }
  for (const std::size_t k : filled.changed) work_[place][units[k]].note(ScoreNote::imputed);
  for (const std::size_t k : tamed->changed) work_[place][units[k]].note(ScoreNote::treated);
  for (const std::string& done : words)
    if (!done.empty()) run_.nodes[place].steps.push_back(done);
  return {};
}

// The newest value of a year before, if it is not too old.
void Engine::carry_forward(std::size_t place) {
  const Node& node = node_at(place);
  std::map<int, std::size_t> carried;
  for (std::size_t unit = 0; unit < input_.units.size(); ++unit) {
    Work& work = work_[place][unit];
    if (work.score.state == ScoreState::value || screened_[unit]) continue;
    const auto& earlier = input_.units[unit].earlier;
    for (auto year = earlier.rbegin(); year != earlier.rend(); ++year) {
      if (year->first >= input_.year || year->first < input_.year - node.imputation.most_years) continue;
      Work found;
      if (!fill_from(year->second, *node.leaf, node.maximum, found)) continue;
      found.other = true;
      found.note(ScoreNote::imputed);
      work = std::move(found);
      ++carried[year->first];
      break;
    }
  }
  for (const auto& [year, count] : carried)
    run_.nodes[place].steps.push_back(std::to_string(count) + " values carried forward from " + std::to_string(year));
}

}  // namespace khaosat::index
