// Inner nodes: weights, the parent from its children, and the score of any value.
#include <algorithm>
#include <cmath>

#include "analysis/index/balanced_weights.h"
#include "analysis/index/engine.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/principal_component.h"
#include "base/json_text.h"

namespace khaosat::index {

namespace {

// Measured, but no score: a logarithm or a geometric mean of 0, more points than there are.
constexpr const char* kUndefined = "out_of_range";

}  // namespace

double Engine::number_of(const Weight& weight) const {
  if (weight.parameter.empty()) return weight.number;
  for (const RunParameter& parameter : run_.parameters)
    if (parameter.id == weight.parameter)
      return weight.one_minus ? 1 - parameter.value : parameter.value;
  return 0;
}

Result<std::vector<double>> Engine::weights_of(std::size_t place) {
  const Node& node = node_at(place);
  const std::vector<std::size_t>& children = tree_.places[place].children;
  std::vector<double> weights(children.size(), 1);
  if (!find_aggregator(node.aggregate)->takes_weights || node.weighting == Weighting::equal)
    return weights;
  if (node.weighting == Weighting::given) {
    for (std::size_t k = 0; k < children.size(); ++k)
      weights[k] = number_of(node_at(children[k]).weight);
    return weights;
  }
  const std::vector<std::vector<double>> columns = complete_scores(children);
  const auto at_node = [&](Error error) {
    error.where = "node " + node.id;
    return fail(std::move(error));
  };
  std::string words;
  if (node.weighting == Weighting::balanced) {
    for (std::size_t k = 0; k < children.size(); ++k)
      if (node_at(children[k]).weight.given) weights[k] = number_of(node_at(children[k]).weight);
    const auto balanced = balanced_weights(columns, weights);
    if (!balanced) return at_node(balanced.error());
    weights = *balanced;
    words = "weights that balance the correlations with the parent:";
  } else {
    const auto components = principal_components(columns);
    if (!components) return at_node(components.error());
    for (std::size_t k = 0; k < children.size(); ++k) {
      if (components->first[k] < 0)
        return fail(ErrorCode::out_of_range,
                    "the first principal component gives " + node_at(children[k]).id +
                        " a negative weight: it moves against the others; use given or equal weights",
                    "node " + node.id);
      weights[k] = components->first[k];
    }
    words = "weights from the first principal component:";
  }
  for (std::size_t k = 0; k < children.size(); ++k)
    words += " " + node_at(children[k]).id + " " + json_number(weights[k]);
  run_.nodes[place].steps.push_back(words);
  return weights;
}

// One column per child, of the units in which no child is missing.
std::vector<std::vector<double>> Engine::complete_scores(const std::vector<std::size_t>& children) const {
  std::vector<std::vector<double>> columns(children.size());
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    const bool complete =
        std::all_of(children.begin(), children.end(), [&](std::size_t child) { return counts(child, unit); });
    for (std::size_t k = 0; complete && k < children.size(); ++k)
      columns[k].push_back(work_[children[k]][unit].linear.value);
  }
  return columns;
}

Result<void> Engine::aggregate(std::size_t place) {
  const Node& node = node_at(place);
  const Aggregator& aggregator = *find_aggregator(node.aggregate);
  const std::vector<double> weights = TRY(weights_of(place));
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit)
    combine(place, unit, aggregator, weights);
  if (aggregator.across != nullptr) {
    rank_pairs(place, aggregator, weights);
  } else {
    set_range(place, aggregator, weights);
  }
  return {};
}

// combine() has settled who takes part; the value itself comes from all of them at once.
void Engine::rank_pairs(std::size_t place, const Aggregator& aggregator, const std::vector<double>& weights) {
  const std::vector<std::size_t>& children = tree_.places[place].children;
  std::vector<double> used;
  for (const double weight : weights)
    if (weight != 0) used.push_back(weight);
  std::vector<std::optional<std::vector<double>>> scores(run_.units.size());
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    if (!counts(place, unit)) continue;
    auto& row = scores[unit].emplace();
    for (std::size_t k = 0; k < children.size(); ++k)
      if (weights[k] != 0) row.push_back(work_[children[k]][unit].linear.value);
  }
  const auto combined = aggregator.across(scores, used);
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    Work& work = work_[place][unit];
    if (work.score.state != ScoreState::value) continue;
    if (!combined[unit]) {
      work.no_value(ScoreState::missing, screened_[unit] ? "unit_screened" : "no_data");  // a group among units
      continue;
    }
    work.linear = {};
    work.linear.value = *combined[unit];
    work.score.raw = *combined[unit];
    work.note(ScoreNote::relative);
  }
  run_.nodes[place].steps.push_back("units compared pair by pair by " + std::string(aggregator.name));
}

void Engine::combine(std::size_t place, std::size_t unit, const Aggregator& aggregator,
                     const std::vector<double>& weights) {
  const Node& node = node_at(place);
  const std::vector<std::size_t>& children = tree_.places[place].children;
  Work& work = work_[place][unit];
  std::vector<const estimate::LinearizedByPsu*> parts;
  std::vector<double> scores;
  std::vector<double> used;
  work.score.weights.assign(children.size(), 0);
  bool withheld = false;
  bool undefined = false;
  std::size_t wanted = 0;
  bool alike = true;
  for (std::size_t k = 0; k < children.size(); ++k) {
    const Work& child = work_[children[k]][unit];
    work.survey = work.survey || child.survey;
    work.other = work.other || child.other;
    work.score.answers += child.score.answers;
    work.score.absent.add(child.score.absent);
    if (weights[k] == 0) continue;
    ++wanted;
    if (child.score.state != ScoreState::value) {
      withheld = withheld || child.score.state == ScoreState::withheld;
      undefined = undefined || child.score.reason == kUndefined;
      continue;
    }
    parts.push_back(&child.linear);
    scores.push_back(child.linear.value);
    used.push_back(weights[k]);
    work.score.weights[k] = weights[k];
    constexpr ScoreNote kHandedUp = ScoreNote::reweighted | ScoreNote::imputed |
                                    ScoreNote::treated | ScoreNote::clamped | ScoreNote::relative;
    work.score.notes =
        work.score.notes | static_cast<ScoreNote>(static_cast<std::uint32_t>(child.score.notes) &
                                                  static_cast<std::uint32_t>(kHandedUp));
    if (!child.survey) continue;
    if (child.score.estimate.n > work.score.estimate.n) {
      work.score.estimate.n = child.score.estimate.n;
      work.score.estimate.n_missing = child.score.estimate.n_missing;
    }
    work.score.n_least = work.score.n_least == 0
                             ? child.score.n_least
                             : std::min(work.score.n_least, child.score.n_least);
    alike = alike && child.score.all_alike;
  }
  work.score.all_alike = work.survey && alike && !scores.empty();
  if (undefined) {
    // It was measured, and too low for the formula: were it taken for missing, the others would stand in for it and the
    // worst value would do better than a poor one.
    work.score.weights.clear();
    return work.no_value(ScoreState::missing, kUndefined);
  }
  if (scores.size() < wanted || scores.empty()) {
    const bool enough = node.missing == MissingPolicy::reweight && !scores.empty() &&
                        static_cast<double>(scores.size()) >=
                            node.minimum_share * static_cast<double>(wanted) - 1e-9;
    if (!enough) {
      work.score.weights.clear();
      return work.no_value(
          withheld ? ScoreState::withheld : ScoreState::missing,
          node.missing == MissingPolicy::reweight ? "too_few_children" : "child_without_value");
    }
    work.note(ScoreNote::reweighted);
  }
  if (is_from_data(node.weighting)) work.note(ScoreNote::relative);
  if (aggregator.across != nullptr) {
    work.score.state = ScoreState::value;
    return;
  }
  const auto combined = aggregator.combine(scores, used, node.power);
  if (!combined || !std::isfinite(combined->value))
    return work.no_value(ScoreState::missing, kUndefined);
  work.linear = estimate::combine(combined->value, parts, combined->gradient);
  work.score.state = ScoreState::value;
  work.score.raw = combined->value;
  if (aggregator.is_mean) {
    double total = 0;
    for (const double weight : work.score.weights) total += weight;
    for (double& weight : work.score.weights) weight /= total;
  }
}

// Aggregators never fall when a child rises, so the ends of the range come from the ends below.
void Engine::set_range(std::size_t place, const Aggregator& aggregator,
                       const std::vector<double>& weights) {
  std::vector<double> lows;
  std::vector<double> highs;
  std::vector<double> used;
  const std::vector<std::size_t>& children = tree_.places[place].children;
  for (std::size_t k = 0; k < children.size(); ++k) {
    const Range& range = ranges_[children[k]];
    if (!range.low || !range.high) return;
    if (weights[k] == 0) continue;
    lows.push_back(*range.low);
    highs.push_back(*range.high);
    used.push_back(weights[k]);
  }
  if (lows.empty()) return;
  const auto low = aggregator.combine(lows, used, node_at(place).power);
  const auto high = aggregator.combine(highs, used, node_at(place).power);
  if (low) ranges_[place].low = low->value;
  if (high) ranges_[place].high = high->value;
}

Result<void> Engine::score(std::size_t place) {
  const Node& node = node_at(place);
  const Normalisation& method = *find_normalisation(node.scoring.method);
  if (method.relative) return score_relatively(place);
  for (Work& work : work_[place]) {
    if (work.score.state != ScoreState::value) continue;
    const auto scored = score_fixed(work.linear.value, node.scoring, node.direction, input_.year);
    if (!scored) {
      work.no_value(ScoreState::missing, std::string(name_of(scored.error().code)));
      continue;
    }
    for (estimate::PsuInfluence& entry : work.linear.influence) entry.influence *= scored->slope;
    work.linear.value = scored->value;
    if (scored->clamped) work.note(ScoreNote::clamped);
  }
  Range& range = ranges_[place];
  if (node.scoring.method == "min_max") {
    const Anchor& anchor = *node.scoring.anchor(input_.year);
    run_.nodes[place].steps.push_back("anchor version " + std::to_string(anchor.version) + ": " +
                                      json_number(anchor.low) + " to " + json_number(anchor.high) +
                                      " (" + anchor.author + ": " + anchor.reason + ")");
    if (node.scoring.clamp) range = {node.scoring.to_low, node.scoring.to_high};
  }
  if (range.low && range.high && !(node.scoring.method == "min_max" && node.scoring.clamp)) {
    const auto one = score_fixed(*range.low, node.scoring, node.direction, input_.year);
    const auto other = score_fixed(*range.high, node.scoring, node.direction, input_.year);
    range = {};
    if (one && other)
      range = {std::min(one->value, other->value), std::max(one->value, other->value)};
  }
  return {};
}

Result<void> Engine::score_relatively(std::size_t place) {
  const Node& node = node_at(place);
  std::vector<std::string> ids;
  for (const UnitScores& unit : run_.units) ids.push_back(unit.id);
  const auto scores = score_relative(raw_values(place), ids, node.scoring, node.direction);
  if (!scores) {
    Error error = scores.error();
    error.where = "node " + node.id;
    return fail(std::move(error));
  }
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    Work& work = work_[place][unit];
    if (work.score.state != ScoreState::value) continue;
    if (!(*scores)[unit]) {
      work.no_value(ScoreState::missing, screened_[unit] ? "unit_screened" : "no_data");  // a group among units
      continue;
    }
    if (!std::isfinite(*(*scores)[unit])) {
      work.no_value(ScoreState::missing, kUndefined);
      continue;
    }
    work.linear.value = *(*scores)[unit];
    work.linear.influence.clear();
    work.note(ScoreNote::relative);
  }
  ranges_[place] = {};
  run_.nodes[place].steps.push_back("scored against the other units of this run by " +
                                    node.scoring.method + ": " + node.scoring.reason);
  return {};
}

}  // namespace khaosat::index
