#include "analysis/change/comparability.h"

#include <cmath>
#include <set>

#include "analysis/index/aggregators.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/transforms.h"
#include "base/json_text.h"

namespace khaosat::change {
namespace {

using index::IndexModel;
using index::IndexRun;
using index::IndexTree;
using index::Node;

// One year of a model, with its nodes by id.
struct Side {
  const IndexModel& model;
  const IndexRun& run;
  IndexTree tree;
  std::map<std::string, std::size_t> place_of;

  Side(const IndexModel& the_model, const IndexRun& the_run)
      : model(the_model), run(the_run), tree(the_model.tree(the_run.year)) {
    for (std::size_t place = 0; place < tree.places.size(); ++place) place_of[node(place).id] = place;
  }
  const Node& node(std::size_t place) const { return model.nodes[tree.places[place].node]; }

  double weight_of(const Node& node) const {
    if (node.weight.parameter.empty()) return node.weight.number;
    for (const index::RunParameter& parameter : run.parameters)
      if (parameter.id == node.weight.parameter) return node.weight.one_minus ? 1 - parameter.value : parameter.value;
    return 0;
  }
};

bool same_number(double a, double b) { return std::fabs(a - b) <= 1e-12 * std::max(1.0, std::fabs(a)); }

std::string range_text(double low, double high) { return json_number(low) + " to " + json_number(high); }

class Comparison {
 public:
  Comparison(const Side& before, const Side& after, const QuestionChanges& questions)
      : before_(before), after_(after), questions_(questions) {}

  NodeComparability node(const std::string& id) {
    NodeComparability result;
    result.node = id;
    collect(id, result);
    return result;
  }

 private:
  void collect(const std::string& id, NodeComparability& result) {
    const auto old_place = before_.place_of.find(id);
    const auto new_place = after_.place_of.find(id);
    result_ = &result;
    if (old_place == before_.place_of.end() || new_place == after_.place_of.end()) {
      const int year = (old_place == before_.place_of.end() ? after_ : before_).run.year;
      return add(ObstacleKind::structure_changed, id, "only the structure of " + std::to_string(year) + " has it");
    }
    const Node& old_node = before_.node(old_place->second);
    const Node& new_node = after_.node(new_place->second);
    for (const index::LevelBreak& one : new_node.breaks)
      if (before_.run.year < one.year && one.year <= after_.run.year)
        add(ObstacleKind::series_break, id,
            one.note.empty() ? "values from " + std::to_string(one.year) + " on are not comparable with earlier ones" : one.note.in("en"));
    compare_scoring(old_node, new_node);
    if (old_node.leaf.has_value() != new_node.leaf.has_value())
      return add(ObstacleKind::structure_changed, id, "a leaf in one year, made of others in the other");
    if (new_node.leaf) return compare_leaves(old_node, new_node);
    compare_aggregation(old_node, new_node);
    compare_children(before_.tree.places[old_place->second], after_.tree.places[new_place->second], new_node, result);
  }

  void compare_scoring(const Node& old_node, const Node& new_node) {
    const index::Scoring& a = old_node.scoring;
    const index::Scoring& b = new_node.scoring;
    const std::string& id = new_node.id;
    if (index::find_normalisation(b.method)->relative)
      add(ObstacleKind::relative_score, id, "each year is scored against its own units by " + b.method);
    if (a.method != b.method || old_node.direction != new_node.direction || !same_number(a.multiply, b.multiply) ||
        !same_number(a.divide, b.divide) || !same_number(a.add, b.add) || a.clamp != b.clamp ||
        !same_number(a.to_low, b.to_low) || !same_number(a.to_high, b.to_high) || old_node.maximum != new_node.maximum)
      add(ObstacleKind::scoring_changed, id, "values become scores in another way");
    if (a.method != "min_max" || b.method != "min_max") return;
    const index::Anchor* low = a.anchor(before_.run.year);
    const index::Anchor* high = b.anchor(after_.run.year);
    if (low == nullptr || high == nullptr) return;
    if (!same_number(low->low, high->low) || !same_number(low->high, high->high))
      add(ObstacleKind::anchor_changed, id,
          "anchors " + range_text(low->low, low->high) + " became " + range_text(high->low, high->high));
  }

  void compare_leaves(const Node& old_node, const Node& new_node) {
    const index::Leaf& a = *old_node.leaf;
    const index::Leaf& b = *new_node.leaf;
    const std::string& id = new_node.id;
    const auto* curve_before = index::find_transform(old_node.transform.method);
    const auto* curve = index::find_transform(new_node.transform.method);
    if (curve_before != curve || !same_number(old_node.transform.lambda, new_node.transform.lambda))
      add(ObstacleKind::scoring_changed, id, "values are put on another curve");
    if (curve != nullptr && curve->relative)
      add(ObstacleKind::relative_score, id, "the curve " + new_node.transform.method + " depends on the units of each year");
    if (new_node.outliers.on || old_node.outliers.on)
      add(ObstacleKind::relative_score, id, "outliers are treated against the units of each year");
    if (a.source != b.source)
      return add(ObstacleKind::source_changed, id,
                 std::string(index::name_of(a.source)) + " became " + std::string(index::name_of(b.source)));
    if (b.source != index::LeafSource::survey) {
      // Columns of a published table carry the year's own name: what counts is the node.
      if (b.source == index::LeafSource::administrative && (a.numerator != b.numerator || a.denominator != b.denominator))
        add(ObstacleKind::source_changed, id, "another numerator or denominator");
      return;
    }
    if (a.survey.question != b.survey.question)
      add(ObstacleKind::question_changed, id, a.survey.question + " became " + b.survey.question);
    const std::set<std::string> chosen_before(a.survey.chosen.begin(), a.survey.chosen.end());
    const std::set<std::string> chosen_after(b.survey.chosen.begin(), b.survey.chosen.end());
    if (a.survey.value != b.survey.value || chosen_before != chosen_after ||
        a.survey.option_scores != b.survey.option_scores || a.survey.absence_scores != b.survey.absence_scores)
      add(ObstacleKind::counting_changed, id, "other answers count, or with other scores");
    if (const auto found = questions_.broken.find(b.survey.question); found != questions_.broken.end())
      add(ObstacleKind::question_changed, id, found->second);
    if (const auto found = questions_.noted.find(b.survey.question); found != questions_.noted.end())
      result_->notes.push_back(b.survey.question + ": " + found->second);
  }

  void compare_aggregation(const Node& old_node, const Node& new_node) {
    if (old_node.aggregate != new_node.aggregate ||
        (new_node.aggregate == "power_mean" && !same_number(old_node.power, new_node.power)))
      add(ObstacleKind::aggregation_changed, new_node.id, old_node.aggregate + " became " + new_node.aggregate);
    if (index::find_aggregator(new_node.aggregate)->across != nullptr)
      add(ObstacleKind::relative_score, new_node.id, new_node.aggregate + " compares each year's own units");
    if (old_node.weighting != new_node.weighting)
      add(ObstacleKind::weights_changed, new_node.id, "weights are chosen in another way");
    else if (index::is_from_data(new_node.weighting))
      add(ObstacleKind::relative_score, new_node.id, "weights come from each year's own units");
  }

  void compare_children(const IndexTree::Place& old_place, const IndexTree::Place& new_place, const Node& node,
                        NodeComparability& result) {
    std::set<std::string> children;
    const bool weighted = index::find_aggregator(node.aggregate)->takes_weights && node.weighting == index::Weighting::given;
    const auto weights = [&](const Side& side, const IndexTree::Place& place) {
      std::map<std::string, double> of;
      double total = 0;
      for (const std::size_t child : place.children) {
        const double weight = weighted ? side.weight_of(side.node(child)) : 1;
        children.insert(side.node(child).id);
        of[side.node(child).id] = weight;
        total += weight;
      }
      // Only means forget the scale of their weights.
      if (index::find_aggregator(node.aggregate)->is_mean && total > 0)
        for (auto& [id, weight] : of) weight /= total;
      return of;
    };
    const auto old_weights = weights(before_, old_place);
    const auto new_weights = weights(after_, new_place);
    for (const std::string& child : children) {
      const auto a = old_weights.find(child);
      const auto b = new_weights.find(child);
      if (a == old_weights.end() || b == new_weights.end()) {
        // A child of weight 0 may come and go.
        if ((a != old_weights.end() ? a->second : b->second) == 0) continue;
        const int year = (a == old_weights.end() ? after_ : before_).run.year;
        add(ObstacleKind::structure_changed, child, "only the structure of " + std::to_string(year) + " has it");
        continue;
      }
      if (a->second == 0 && b->second == 0) continue;
      if (weighted && !same_number(a->second, b->second))
        add(ObstacleKind::weights_changed, child,
            "weight " + json_number(a->second) + " became " + json_number(b->second));
      collect(child, result);
      result_ = &result;
    }
  }

  void add(ObstacleKind kind, const std::string& node, std::string detail) {
    result_->obstacles.push_back({kind, node, std::move(detail)});
  }

  const Side& before_;
  const Side& after_;
  const QuestionChanges& questions_;
  NodeComparability* result_ = nullptr;
};

}  // namespace

std::string_view name_of(ObstacleKind kind) {
  switch (kind) {
    case ObstacleKind::question_changed: return "question_changed";
    case ObstacleKind::counting_changed: return "counting_changed";
    case ObstacleKind::source_changed: return "source_changed";
    case ObstacleKind::anchor_changed: return "anchor_changed";
    case ObstacleKind::scoring_changed: return "scoring_changed";
    case ObstacleKind::weights_changed: return "weights_changed";
    case ObstacleKind::aggregation_changed: return "aggregation_changed";
    case ObstacleKind::structure_changed: return "structure_changed";
    case ObstacleKind::series_break: return "series_break";
    case ObstacleKind::relative_score: return "relative_score";
  }
  return "structure_changed";
}

std::vector<NodeComparability> compare_models(const IndexModel& before_model, const IndexRun& before,
                                              const IndexModel& after_model, const IndexRun& after,
                                              const QuestionChanges& questions) {
  const Side old_side(before_model, before);
  const Side new_side(after_model, after);
  Comparison comparison(old_side, new_side, questions);
  std::vector<NodeComparability> result;
  for (const index::RunNode& node : after.nodes) result.push_back(comparison.node(node.id));
  for (const index::RunNode& node : before.nodes)
    if (!new_side.place_of.contains(node.id)) result.push_back(comparison.node(node.id));
  return result;
}

}  // namespace khaosat::change
