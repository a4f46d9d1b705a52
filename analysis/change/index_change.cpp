#include "analysis/change/index_change.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

#include "analysis/change/test_family.h"
#include "analysis/estimate/interval.h"
#include "analysis/estimate/stack.h"

namespace khaosat::change {
namespace {

// So many places in a frame that no correction is left.
constexpr double kEndless = 1e300;

using estimate::EstimateFlag;
using index::IndexRun;
using index::NodeScore;
using index::ScoreNote;
using index::ScoreState;
using index::UnitScores;

Result<void> check(const IndexRun& before, const IndexRun& after, const ChangeOptions& options) {
  if (before.model.id != after.model.id)
    return fail(refusal(ErrorCode::not_comparable, "other_model", "the runs are of different models, " + before.model.id + " and " + after.model.id));
  if (before.variant != after.variant)
    return fail(refusal(ErrorCode::not_comparable, "other_variant",
                        "one run is a variant with other parameters (\"" + before.variant + "\" and \"" + after.variant +
                            "\"); compute both alike"));
  if (before.year > after.year)
    return fail(refusal(ErrorCode::out_of_range, "not_earlier", "the first run is of a later year than the second; name the earlier one first"));
  if (!(options.level > 0 && options.level < 1))
    return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  return {};
}

class Comparer {
 public:
  Comparer(const IndexRun& before, const IndexRun& after, const ChangeOptions& options)
      : before_(before), after_(after), options_(options) {}

  Result<IndexChange> compare(std::vector<NodeComparability> comparabilities) {
    describe();
    TRY_VOID(take_nodes(std::move(comparabilities)));
    TRY_VOID(stack_designs());
    for (const UnitScores& unit : after_.units) {
      const UnitScores* earlier = before_.find_unit(unit.id);
      if (earlier == nullptr || earlier->group != unit.group || earlier->members != unit.members) {
        result_.only_after.push_back(unit.id);
        if (earlier != nullptr) result_.only_before.push_back(unit.id);
        continue;
      }
      TRY_VOID(compare_unit(*earlier, unit));
    }
    for (const UnitScores& unit : before_.units)
      if (after_.find_unit(unit.id) == nullptr) result_.only_before.push_back(unit.id);
    TRY_VOID(adjust_within_units());
    TRY_VOID(adjust_over_units());
    for (UnitChange& unit : result_.units) conclude(unit);
    return std::move(result_);
  }

 private:
  void describe() {
    result_.model_before = before_.model;
    result_.model_after = after_.model;
    result_.title = after_.title;
    result_.year_before = before_.year;
    result_.year_after = after_.year;
    result_.level = options_.level;
    const auto places = [](const IndexRun& run) {
      return static_cast<std::size_t>(std::count_if(run.psus.begin(), run.psus.end(), [](const auto& psu) { return !index::is_second_stage(psu); }));
    };
    result_.places_before = places(before_);
    result_.places_after = places(after_);
    result_.design = before_.design == after_.design ? after_.design : "none";
  }

  Result<void> take_nodes(std::vector<NodeComparability> comparabilities) {
    std::set<std::string> components(options_.components.begin(), options_.components.end());
    for (const std::string& id : components)
      if (!after_.find_node(id)) return fail(ErrorCode::definition_unknown, "the later year has no such node", id);
    if (components.empty())
      for (const std::size_t child : after_.nodes.front().children) components.insert(after_.nodes[child].id);
    const Obstacle* first = nullptr;
    bool any = false;
    for (NodeComparability& one : comparabilities) {
      const auto place = after_.find_node(one.node);
      const auto old_place = before_.find_node(one.node);
      const index::RunNode& node = place ? after_.nodes[*place] : before_.nodes[*old_place];
      any = any || one.obstacles.empty();
      result_.nodes.push_back({one.node, node.code, node.title, components.contains(one.node), std::move(one)});
      if (first == nullptr && !result_.nodes.back().comparability.obstacles.empty())
        first = &result_.nodes.back().comparability.obstacles.front();
      place_before_.push_back(old_place);
      place_after_.push_back(place);
    }
    if (!any && first != nullptr)
      return fail(refusal(ErrorCode::not_comparable, "nothing_alike",
                          "nothing was measured alike in both years; " + std::string(name_of(first->kind)) + ": " + first->detail,
                          "node " + first->node, std::string(name_of(first->kind))));
    return {};
  }

  Result<void> stack_designs() {
    if (before_.design != "drawn" || after_.design != "drawn" || before_.psus.empty() || after_.psus.empty()) return {};
    const index::PlaceCodes codes = index::place_codes({&before_, &after_});
    auto first = TRY(index::design_of(before_, codes));
    auto second = TRY(index::design_of(after_, codes));
    auto stacked = estimate::stack(first, second, estimate::ClusterOverlap::as_found);
    if (!stacked && stacked.error().code == ErrorCode::design_invalid) {
      // Another number of places in the frame: no correction, which can only widen the interval.
      const bool two_stage = has_second_stage(before_) || has_second_stage(after_);
      IndexRun plain_before = design_only(before_, two_stage);
      IndexRun plain_after = design_only(after_, two_stage);
      first = TRY(index::design_of(plain_before, codes));
      second = TRY(index::design_of(plain_after, codes));
      stacked = estimate::stack(first, second, estimate::ClusterOverlap::as_found);
      result_.correction_dropped = true;
    }
    stacked_ = TRY(std::move(stacked));
    result_.places_in_both = stacked_->places_in_both;
    return {};
  }

  static bool has_second_stage(const IndexRun& run) { return std::any_of(run.psus.begin(), run.psus.end(), index::is_second_stage); }

  static IndexRun design_only(const IndexRun& run, bool two_stage) {
    IndexRun plain;
    plain.design = run.design;
    plain.lonely_policy = run.lonely_policy;
    plain.collapse_into = run.collapse_into;
    plain.psu_ids_restart_in_each_stratum = run.psu_ids_restart_in_each_stratum;
    plain.psus = run.psus;
    std::map<std::string, double> sampled;
    for (const index::RunPsu& psu : plain.psus) sampled[psu.stratum] += 1;
    // Without the first correction a second stage adds nothing: its units count as all there are.
    for (index::RunPsu& psu : plain.psus) psu.population = !two_stage ? 0 : index::is_second_stage(psu) ? sampled[psu.stratum] : kEndless;
    return plain;
  }

  // Over the places where anybody of the unit answered anything, in either year.
  double degrees_of(const UnitScores& earlier, const UnitScores& later) const {
    std::set<std::uint32_t> places;
    for (const NodeScore& score : earlier.scores)
      for (const auto& entry : score.influence) places.insert(stacked_->psu_of_first[entry.psu]);
    for (const NodeScore& score : later.scores)
      for (const auto& entry : score.influence) places.insert(stacked_->psu_of_second[entry.psu]);
    const std::vector<std::uint32_t> list(places.begin(), places.end());
    return estimate::degrees_of_freedom(stacked_->design, list);
  }

  Result<void> compare_unit(const UnitScores& earlier, const UnitScores& later) {
    UnitChange unit{later.id, later.name, later.group, {}, {}, {}};
    const double degrees = stacked_ ? degrees_of(earlier, later) : 0;
    for (std::size_t node = 0; node < result_.nodes.size(); ++node) {
      NodeChange change;
      const auto& obstacles = result_.nodes[node].comparability.obstacles;
      if (options_.other_units.contains(later.id)) {
        change.state = ChangeState::refused;
        change.reason = "other_unit";
      } else if (!obstacles.empty()) {
        change.state = ChangeState::refused;
        change.reason = name_of(obstacles.front().kind);
      } else {
        TRY_VOID(compare_scores(earlier, later, node, degrees, change));
      }
      unit.nodes.push_back(std::move(change));
    }
    result_.units.push_back(std::move(unit));
    return {};
  }

  Result<void> compare_scores(const UnitScores& earlier_unit, const UnitScores& later_unit, std::size_t node,
                              double degrees, NodeChange& change) {
    const NodeScore& earlier = earlier_unit.scores[*place_before_[node]];
    const NodeScore& later = later_unit.scores[*place_after_[node]];
    if (earlier.state != ScoreState::value || later.state != ScoreState::value) {
      change.reason = earlier.state != ScoreState::value ? "missing_before" : "missing_after";
      return {};
    }
    // What was filled in from other units, or rests on other children, is another measure.
    for (const NodeScore* score : {&earlier, &later}) {
      if (!index::has(score->notes, ScoreNote::imputed) && !index::has(score->notes, ScoreNote::treated)) continue;
      change.state = ChangeState::refused;
      change.reason = "imputed";
      return {};
    }
    if (!same_children(earlier_unit, later_unit, *place_after_[node])) {
      change.state = ChangeState::refused;
      change.reason = "other_children";
      return {};
    }
    change.before = earlier.estimate.value;
    change.after = later.estimate.value;
    change.higher = change.after > change.before;
    const double gap = change.after - change.before;
    const std::uint64_t n = std::min(earlier.estimate.n, later.estimate.n);
    const std::uint64_t n_missing = std::max(earlier.estimate.n_missing, later.estimate.n_missing);
    change.difference = estimate::without_error(gap, EstimateFlag::none, n, n_missing);
    change.difference.level = options_.level;
    const bool survey = earlier.answers + later.answers > 0;
    if (!survey) {
      change.state = ChangeState::exact;
      return {};
    }
    change.state = ChangeState::no_error;
    if (!stacked_) {
      change.difference.flags = EstimateFlag::no_probability_sample;
      return {};
    }
    if (earlier.influence.empty() || later.influence.empty()) return {};
    const auto difference =
        estimate::change(*stacked_, index::linearized(earlier), index::linearized(later));
    change.difference = TRY(estimate::estimate_from(stacked_->design, difference, {options_.level, degrees, n, n_missing}));
    change.difference.value = gap;
    // Answers that all agree in both years say nothing about luck: the error of 0 is no certainty.
    if (!change.difference.lower || estimate::has(change.difference.flags, EstimateFlag::zero_variance)) return {};
    change.state = ChangeState::tested;
    change.rise.alone = estimate::one_sided_p(change.difference);
    change.change.alone = estimate::two_sided_p(change.difference);
    change.within_sampling_error = *change.difference.lower <= 0 && 0 <= *change.difference.upper;
    return {};
  }

  // Reweighting around a missing child changes the measure, unless it was missing in both years.
  bool same_children(const UnitScores& earlier, const UnitScores& later, std::size_t new_place) const {
    const auto old_place = before_.find_node(after_.nodes[new_place].id);
    const NodeScore& a = earlier.scores[*old_place];
    const NodeScore& b = later.scores[new_place];
    if (!index::has(a.notes, ScoreNote::reweighted) && !index::has(b.notes, ScoreNote::reweighted)) return true;
    const auto takes_part = [](const std::vector<std::size_t>& children, const std::vector<double>& weights,
                               const IndexRun& run) {
      std::set<std::string> ids;
      for (std::size_t k = 0; k < children.size() && k < weights.size(); ++k)
        if (weights[k] > 0) ids.insert(run.nodes[children[k]].id);
      return ids;
    };
    const auto& children = after_.nodes[new_place].children;
    if (takes_part(before_.nodes[*old_place].children, a.weights, before_) != takes_part(children, b.weights, after_))
      return false;
    for (std::size_t k = 0; k < children.size() && k < b.weights.size(); ++k)
      if (b.weights[k] > 0 && !same_children(earlier, later, children[k])) return false;
    return true;
  }

  Result<void> adjust_within_units() {
    for (UnitChange& unit : result_.units)
      TRY_VOID(adjust(components_of(result_, unit), estimate::MultiplicityMethod::holm, &PValues::among_components));
    return {};
  }

  // Groups hold units of the list, so they are no further tests.
  Result<void> adjust_over_units() {
    for (std::size_t node = 0; node < result_.nodes.size(); ++node) {
      TestFamily family;
      for (UnitChange& unit : result_.units)
        if (!unit.group) family.push_back(&unit.nodes[node]);
      TRY_VOID(adjust(family, estimate::MultiplicityMethod::benjamini_hochberg, &PValues::among_units));
    }
    return {};
  }

  void conclude(UnitChange& unit) const {
    bool known = true;
    bool higher = true;
    bool tested = true;
    for (std::size_t node = 0; node < result_.nodes.size(); ++node) {
      if (!result_.nodes[node].component) continue;
      const NodeChange& change = unit.nodes[node];
      known = known && change.state != ChangeState::refused && change.state != ChangeState::missing;
      higher = higher && change.higher;
      tested = tested && (change.state == ChangeState::tested || change.state == ChangeState::exact);
    }
    if (known) unit.every_component_higher = higher;
    const NodeChange& whole = unit.nodes.front();
    if (tested && whole.state == ChangeState::tested)
      unit.risen_beyond_error = *whole.rise.alone < 1 - options_.level && !has_fallen(result_, unit, options_.level);
  }

  const IndexRun& before_;
  const IndexRun& after_;
  const ChangeOptions& options_;
  IndexChange result_;
  std::optional<estimate::StackedDesign> stacked_;
  std::vector<std::optional<std::size_t>> place_before_;  // per node of the result
  std::vector<std::optional<std::size_t>> place_after_;
};

}  // namespace

std::string_view name_of(ChangeState state) {
  switch (state) {
    case ChangeState::tested: return "tested";
    case ChangeState::no_error: return "no_error";
    case ChangeState::exact: return "exact";
    case ChangeState::refused: return "refused";
    case ChangeState::missing: return "missing";
  }
  return "missing";
}

std::optional<std::size_t> IndexChange::find_node(std::string_view id) const {
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if (nodes[k].id == id) return k;
  return std::nullopt;
}

const UnitChange* IndexChange::find_unit(std::string_view id) const {
  for (const UnitChange& unit : units)
    if (unit.id == id) return &unit;
  return nullptr;
}

Result<IndexChange> compare_years(const index::IndexModel& before_model, const IndexRun& before,
                                  const index::IndexModel& after_model, const IndexRun& after,
                                  const ChangeOptions& options) {
  TRY_VOID(check(before, after, options));
  return Comparer(before, after, options)
      .compare(compare_models(before_model, before, after_model, after, options.questions));
}

}  // namespace khaosat::change
