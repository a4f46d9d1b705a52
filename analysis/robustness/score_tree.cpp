#include "analysis/robustness/score_tree.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/index/aggregators.h"
#include "analysis/index/normalisations.h"

namespace khaosat::robustness {
namespace {

using Scores = std::vector<std::optional<double>>;

const std::array<std::string, 3> kLeafScorings = {"observed_min_max", "z_score", "percentile_rank"};

double weight_of(const index::Node& node, const index::IndexRun& run) {
  if (node.weight.parameter.empty()) return node.weight.number;
  for (const index::RunParameter& parameter : run.parameters)
    if (parameter.id == node.weight.parameter) return node.weight.one_minus ? 1 - parameter.value : parameter.value;
  return 0;
}

// Weights that the data gave: those of a unit in which no child was missing.
std::vector<double> weights_of_run(const index::IndexRun& run, std::size_t node) {
  for (const index::UnitScores& unit : run.units) {
    const std::vector<double>& weights = unit.scores[node].weights;
    if (!weights.empty() && std::all_of(weights.begin(), weights.end(), [](double w) { return w > 0; })) return weights;
  }
  return std::vector<double>(run.nodes[node].children.size(), 1);
}

bool is_known_leaf_scoring(const std::string& name) {
  return std::find(kLeafScorings.begin(), kLeafScorings.end(), name) != kLeafScorings.end();
}

}  // namespace

std::span<const std::string> leaf_scorings() { return kLeafScorings; }

Result<ScoreTree> ScoreTree::create(const index::IndexModel& model, const index::IndexRun& run,
                                    std::span<const std::size_t> units) {
  if (units.empty()) return fail(ErrorCode::out_of_range, "no unit can be shown, so there is nothing to compare");
  ScoreTree tree;
  tree.year_ = run.year;
  tree.units_.assign(units.begin(), units.end());
  tree.nodes_ = run.nodes;
  for (const std::size_t unit : units) {
    if (run.units[unit].scores.front().state != index::ScoreState::value)
      return fail(ErrorCode::out_of_range, "the unit has no value of the index", "unit " + run.units[unit].id);
    tree.unit_ids_.push_back(run.units[unit].id);
  }
  const index::IndexTree structure = model.tree(run.year);
  for (std::size_t at = 0; at < structure.places.size(); ++at) {
    Place place;
    place.node = model.nodes[structure.places[at].node];
    place.low = run.nodes[at].lowest;
    place.high = run.nodes[at].highest;
    if (place.node.leaf) {
      for (const std::size_t unit : units) {
        const index::NodeScore& score = run.units[unit].scores[at];
        place.raw.push_back(score.state == index::ScoreState::value ? std::optional<double>(score.raw) : std::nullopt);
      }
    } else {
      const bool weighted = index::find_aggregator(place.node.aggregate)->takes_weights;
      place.weights.assign(structure.places[at].children.size(), 1);
      if (weighted && index::is_from_data(place.node.weighting)) place.weights = weights_of_run(run, at);
      if (weighted && place.node.weighting == index::Weighting::given)
        for (std::size_t k = 0; k < place.weights.size(); ++k)
          place.weights[k] = weight_of(model.nodes[structure.places[structure.places[at].children[k]].node], run);
    }
    tree.places_.push_back(std::move(place));
  }
  return tree;
}

Result<Scores> ScoreTree::scored(const Place& place, Scores values) const {
  if (index::find_normalisation(place.node.scoring.method)->relative)
    return index::score_relative(values, unit_ids_, place.node.scoring, place.node.direction);
  for (auto& value : values)
    if (value) value = TRY(index::score_fixed(*value, place.node.scoring, place.node.direction, year_)).value;
  return values;
}

Result<Scores> ScoreTree::leaf_scores(const Place& place, const Variation& variation) const {
  if (variation.leaf_scoring.empty()) return scored(place, place.raw);
  double low = 0;
  double high = 0;
  if (place.low && place.high) {
    low = *place.low;
    high = *place.high;
  } else {
    const Scores nominal = TRY(scored(place, place.raw));
    bool any = false;
    for (const auto& value : nominal) {
      if (!value) continue;
      low = any ? std::min(low, *value) : *value;
      high = any ? std::max(high, *value) : *value;
      any = true;
    }
  }
  index::Scoring scoring;
  scoring.method = variation.leaf_scoring;
  scoring.to_low = low;
  scoring.to_high = high;
  scoring.add = (low + high) / 2;
  scoring.multiply = (high - low) / 6;
  Scores values = place.raw;
  // A leaf on which all units agree says nothing about their order in any way of scoring.
  const auto first = std::find_if(values.begin(), values.end(), [](const auto& value) { return value.has_value(); });
  if (first == values.end()) return values;
  if (std::all_of(values.begin(), values.end(), [&](const auto& value) { return !value || *value == **first; })) {
    for (auto& value : values)
      if (value) value = scoring.add;
    return values;
  }
  values = TRY(index::score_relative(values, unit_ids_, scoring, place.node.direction));
  if (variation.leaf_scoring == "percentile_rank")
    for (auto& value : values)
      if (value) value = low + (high - low) * *value;
  return values;
}

Result<Scores> ScoreTree::combined(std::size_t at, const Variation& variation, const std::vector<Scores>& scores) const {
  const Place& place = places_[at];
  const std::vector<std::size_t>& children = nodes_[at].children;
  const auto other_name = variation.aggregate.find(at);
  const index::Aggregator* aggregator =
      index::find_aggregator(other_name == variation.aggregate.end() ? place.node.aggregate : other_name->second);
  if (aggregator == nullptr)
    return fail(ErrorCode::definition_unknown, "there is no such way to combine scores", other_name->second);
  const auto other_weights = variation.weights.find(at);
  const std::vector<double>& weights = other_weights == variation.weights.end() ? place.weights : other_weights->second;
  if (weights.size() != children.size())
    return fail(ErrorCode::out_of_range, "one weight for each child is needed", "node " + place.node.id);

  double total = 0;
  std::size_t wanted = 0;
  for (std::size_t k = 0; k < children.size(); ++k) {
    if (!(weights[k] >= 0) || !std::isfinite(weights[k]))
      return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", "node " + place.node.id);
    if (variation.removed.contains(children[k]) || weights[k] == 0) continue;
    total += weights[k];
    ++wanted;
  }
  if (wanted > 0 && !(total > 0))
    return fail(ErrorCode::weights_sum_to_zero, "all weights are 0", "node " + place.node.id);

  Scores result(units_.size());
  std::vector<double> values;
  std::vector<double> used;
  std::vector<std::optional<std::vector<double>>> pairs(aggregator->across == nullptr ? 0 : units_.size());
  std::vector<double> pair_weights;
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    values.clear();
    used.clear();
    for (std::size_t k = 0; k < children.size(); ++k) {
      if (variation.removed.contains(children[k]) || weights[k] == 0 || !scores[children[k]][unit]) continue;
      values.push_back(*scores[children[k]][unit]);
      used.push_back(aggregator->takes_weights || place.node.aggregate == aggregator->name ? weights[k] : 1);
    }
    if (values.empty()) continue;
    const bool enough = values.size() == wanted ||
                        (place.node.missing == index::MissingPolicy::reweight &&
                         static_cast<double>(values.size()) >= place.node.minimum_share * static_cast<double>(wanted) - 1e-9);
    if (!enough || (aggregator->across != nullptr && values.size() < wanted)) continue;
    if (aggregator->across != nullptr) {
      pairs[unit] = values;
      pair_weights = used;
      continue;
    }
    const auto one = aggregator->combine(values, used, place.node.power);
    if (!one || !std::isfinite(one->value))
      return fail(ErrorCode::out_of_range,
                  std::string(aggregator->name) + " is not defined for the scores of unit " + unit_ids_[unit] +
                      "; take another way to combine or another scale",
                  "node " + place.node.id);
    result[unit] = one->value;
  }
  if (aggregator->across != nullptr) result = aggregator->across(pairs, pair_weights);
  return scored(place, std::move(result));
}

Result<std::vector<double>> ScoreTree::scores(const Variation& variation) const {
  if (!variation.leaf_scoring.empty() && !is_known_leaf_scoring(variation.leaf_scoring))
    return fail(ErrorCode::definition_unknown, "there is no such way to score all leaves", variation.leaf_scoring);
  std::vector<Scores> scores(places_.size());
  std::vector<bool> skipped(places_.size(), false);
  for (std::size_t at = 0; at < places_.size(); ++at)
    skipped[at] = variation.removed.contains(at) || (nodes_[at].parent && skipped[*nodes_[at].parent]);
  for (std::size_t at = places_.size(); at-- > 0;) {
    if (skipped[at]) continue;
    scores[at] = places_[at].node.leaf ? TRY(leaf_scores(places_[at], variation)) : TRY(combined(at, variation, scores));
  }
  std::vector<double> root;
  for (std::size_t unit = 0; unit < units_.size(); ++unit) {
    if (scores.empty() || skipped.front() || !scores.front()[unit])
      return fail(ErrorCode::out_of_range, "the unit has no value of the index any more", "unit " + unit_ids_[unit]);
    root.push_back(*scores.front()[unit]);
  }
  return root;
}

std::vector<double> ScoreTree::effective_weights() const {
  std::vector<double> effective(places_.size(), 1);
  for (std::size_t at = 0; at < places_.size(); ++at) {
    const auto& children = nodes_[at].children;
    double total = 0;
    for (const double weight : places_[at].weights) total += weight;
    for (std::size_t k = 0; k < children.size(); ++k)
      effective[children[k]] = total > 0 ? effective[at] * places_[at].weights[k] / total : 0;
  }
  return effective;
}

std::vector<std::uint32_t> ranks_of(std::span<const double> scores) {
  std::vector<double> sorted(scores.begin(), scores.end());
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  std::vector<std::uint32_t> ranks;
  for (const double score : scores) {
    const auto first = std::lower_bound(sorted.begin(), sorted.end(), score, std::greater<>());
    ranks.push_back(static_cast<std::uint32_t>(first - sorted.begin() + 1));
  }
  return ranks;
}

}  // namespace khaosat::robustness
