// Changes between years against R (tests/fixtures/statistics/more/make_change.R), and the refusals.
#include "analysis/change/index_change.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/estimate/interval.h"
#include "analysis/estimate/multiplicity.h"
#include "tests/analysis/change/change_support.h"

using namespace khaosat;
using namespace khaosat::change;
using nlohmann::json;
using test::ModelText;
using test::run_of_table;
using test::three_leaves;

namespace {

json known() { return json::parse(test::read_file("tests/fixtures/statistics/more/change.json")); }

void near(double found, double wanted, const char* what) {
  INFO(what << " " << found << " " << wanted);
  CHECK(std::fabs(found - wanted) <= 1e-9 * std::max(1e-6, std::fabs(wanted)));
}

IndexChange compared(const ModelText& before, const ModelText& after, const ChangeOptions& options = {}) {
  const auto first = three_leaves(before);
  const auto second = three_leaves(after);
  const auto result = compare_years(first, run_of_table(first, "more/change1.csv", 2024), second,
                                    run_of_table(second, "more/change2.csv", 2025), options);
  if (!result) FAIL(result.error().message << " " << result.error().where);
  return *result;
}

bool has_obstacle(const IndexChange& change, const std::string& node, ObstacleKind kind) {
  for (const Obstacle& one : change.nodes[*change.find_node(node)].comparability.obstacles)
    if (one.kind == kind) return true;
  return false;
}

}  // namespace

TEST_CASE("changes with the same, new and partly common villages agree with R", "[change][parity]") {
  const IndexChange change = compared({}, {});
  CHECK(change.places_in_both == 5 + 0 + 3 + 5);
  std::size_t tests = 0;
  const json expected = known();
  for (const json& one : expected["changes"]) {
    INFO(one.dump());
    const UnitChange& unit = *change.find_unit(one["unit"].get<std::string>());
    const NodeChange& found = unit.nodes[*change.find_node(one["node"].get<std::string>())];
    REQUIRE(found.state == ChangeState::tested);
    near(found.difference.value, one["value"], "value");
    near(*found.difference.standard_error, one["se"], "se");
    CHECK(found.difference.degrees_of_freedom == one["degf"].get<double>());
    near(*found.rise.alone, one["p_rise"], "p rise");
    near(*found.change.alone, one["p_change"], "p change");
    near(*found.rise.among_units, one["p_rise_bh"], "p rise BH");
    near(*found.change.among_units, one["p_change_bh"], "p change BH");
    CHECK(found.rise.among_components.has_value() == one.contains("p_rise_holm"));
    if (found.rise.among_components) {
      near(*found.rise.among_components, one["p_rise_holm"], "p rise Holm");
      near(*found.change.among_components, one["p_change_holm"], "p change Holm");
    }
    CHECK(*found.within_sampling_error == (one["p_change"].get<double>() >= 0.05));
    CHECK(found.higher == (one["value"].get<double>() > 0));
    ++tests;
  }
  CHECK(tests == 16);
}

TEST_CASE("differences between communes of a year agree with R's contrasts", "[change][parity]") {
  const auto model = three_leaves();
  const auto run = run_of_table(model, "more/change2.csv", 2025);
  const auto design = index::design_of(run).value();
  const json expected = known();
  for (const json& pair : expected["between"]) {
    const auto& first = run.find_unit(pair["first"].get<std::string>())->scores[0];
    const auto& second = run.find_unit(pair["second"].get<std::string>())->scores[0];
    const auto gap = estimate::difference(index::linearized(first), index::linearized(second));
    near(gap.value, pair["value"], "value");
    near(std::sqrt(estimate::variance(design, gap).value()), pair["se"], "se");
  }
}

TEST_CASE("the literal rule stands beside its test and both are concluded per unit", "[change]") {
  const IndexChange change = compared({}, {});
  for (const UnitChange& unit : change.units) {
    bool every = true;
    for (const char* leaf : {"q1", "q2", "q3"}) every = every && unit.nodes[*change.find_node(leaf)].higher;
    REQUIRE(unit.every_component_higher);
    CHECK(*unit.every_component_higher == every);
    REQUIRE(unit.risen_beyond_error);
    if (*unit.risen_beyond_error) CHECK(*unit.nodes.front().rise.alone < 0.05);
  }
}

TEST_CASE("a change of what is measured is refused with its reason, and only where it matters", "[change]") {
  struct Case {
    const char* what;
    ModelText after;
    const char* node;
    ObstacleKind kind;
    bool children_stay;  // q1 itself can still be compared
  };
  ModelText anchor;
  anchor.anchor = R"([{"version": 2, "lo": 0, "hi": 5, "author": "x", "reason": "another scale"}])";
  ModelText counted;
  counted.q3 = R"(["5"])";
  ModelText weights;
  weights.weight_q1 = "2";
  weights.weights_total = "4";
  ModelText combined;
  combined.aggregate = "geometric_mean";
  ModelText question;
  question.question_q2 = "q3";
  ModelText breaks;
  breaks.breaks = R"(, "breaks": [{"year": 2025, "note": {"vi": "Hỏi cách khác", "en": "asked otherwise"}}])";
  ModelText structure;
  structure.weights_total = "4";
  structure.more = R"(,{"id": "q4", "parent": "index", "title": {"vi": "Bốn"}, "weight": 1,
    "source": {"survey": {"question": "q1", "share_of": ["5"]}}, "scoring": {"method": "linear", "multiply": 100}})";
  const std::vector<Case> cases = {{"anchor", anchor, "q2", ObstacleKind::anchor_changed, false},
                                   {"counting", counted, "q3", ObstacleKind::counting_changed, true},
                                   {"weights", weights, "index", ObstacleKind::weights_changed, true},
                                   {"aggregation", combined, "index", ObstacleKind::aggregation_changed, true},
                                   {"question", question, "q2", ObstacleKind::question_changed, true},
                                   {"break", breaks, "q2", ObstacleKind::series_break, true},
                                   {"structure", structure, "index", ObstacleKind::structure_changed, true}};
  for (const Case& one : cases) {
    INFO(one.what);
    ModelText before;
    // Scores of 0 have no geometric mean: lift the scale of both years alike.
    if (one.after.aggregate == "geometric_mean") {
      before.anchor = R"([{"version": 1, "lo": -5, "hi": 5, "author": "x", "reason": "y"}])";
    }
    ModelText after = one.after;
    if (one.after.aggregate == "geometric_mean") after.anchor = before.anchor;
    if (std::string(one.what) == "anchor") {
      // Nothing is left to compare but the share.
      const IndexChange change = compared(before, after);
      CHECK(has_obstacle(change, "q1", ObstacleKind::anchor_changed));
      CHECK(has_obstacle(change, "index", ObstacleKind::anchor_changed));
      CHECK(change.units[0].nodes[*change.find_node("q3")].state == ChangeState::tested);
      continue;
    }
    const IndexChange change = compared(before, after);
    CHECK(has_obstacle(change, one.node, one.kind));
    CHECK(has_obstacle(change, "index", one.kind));
    for (const UnitChange& unit : change.units) {
      const NodeChange& root = unit.nodes.front();
      CHECK(root.state == ChangeState::refused);
      CHECK_FALSE(root.reason.empty());
      CHECK_FALSE(root.difference.standard_error);
      CHECK_FALSE(unit.risen_beyond_error);
      CHECK((unit.nodes[*change.find_node("q1")].state == ChangeState::tested) == one.children_stay);
    }
  }
}

TEST_CASE("the questionnaires' own comparison is heard", "[change]") {
  ChangeOptions options;
  options.questions.broken["q2"] = "the scale has 4 options instead of 5";
  options.questions.noted["q1"] = "wording";
  const IndexChange change = compared({}, {}, options);
  CHECK(has_obstacle(change, "q2", ObstacleKind::question_changed));
  CHECK(change.nodes[*change.find_node("q1")].comparability.obstacles.empty());
  CHECK(change.nodes[*change.find_node("q1")].comparability.notes.size() == 1);
  CHECK(change.units[0].nodes[*change.find_node("q2")].state == ChangeState::refused);
  CHECK_FALSE(change.units[0].every_component_higher);
}

TEST_CASE("what cannot be compared as a whole is refused", "[change]") {
  const auto model = three_leaves();
  const auto first = run_of_table(model, "more/change1.csv", 2024);
  const auto second = run_of_table(model, "more/change2.csv", 2025);
  CHECK(compare_years(model, second, model, first).error().code == ErrorCode::out_of_range);
  auto other = second;
  other.model.id = "another";
  CHECK(compare_years(model, first, model, other).error().code == ErrorCode::not_comparable);
  other = second;
  other.variant = "a reading";
  CHECK(compare_years(model, first, model, other).error().code == ErrorCode::not_comparable);
  ChangeOptions options;
  options.components = {"nothing"};
  CHECK(compare_years(model, first, model, second, options).error().code == ErrorCode::definition_unknown);
  options = {};
  options.questions.broken = {{"q1", "x"}, {"q2", "x"}, {"q3", "x"}};
  const auto refused = compare_years(model, first, model, second, options);
  CHECK(refused.error().code == ErrorCode::not_comparable);
  CHECK(refused.error().message.find("question_changed") != std::string::npos);
  options = {};
  options.level = 1;
  CHECK(compare_years(model, first, model, second, options).error().code == ErrorCode::out_of_range);
}

TEST_CASE("without a drawn sample in both years there is a difference and no test", "[change]") {
  const auto model = three_leaves();
  const auto first = run_of_table(model, "more/change1.csv", 2024, false);
  const auto second = run_of_table(model, "more/change2.csv", 2025);
  const auto change = compare_years(model, first, model, second).value();
  for (const UnitChange& unit : change.units) {
    for (const NodeChange& node : unit.nodes) {
      CHECK(node.state == ChangeState::no_error);
      CHECK_FALSE(node.within_sampling_error);
      CHECK_FALSE(node.difference.lower);
      CHECK(std::isfinite(node.difference.value));
    }
    CHECK(unit.every_component_higher.has_value());
    CHECK_FALSE(unit.risen_beyond_error);
  }
}

TEST_CASE("a year against itself has no change and no error", "[change][laws]") {
  const auto model = three_leaves();
  const auto run = run_of_table(model, "more/change1.csv", 2024);
  const auto change = compare_years(model, run, model, run).value();
  for (const UnitChange& unit : change.units)
    for (const NodeChange& node : unit.nodes) {
      CHECK(node.difference.value == 0);
      CHECK_FALSE(node.higher);
      CHECK(node.state == ChangeState::no_error);
    }
}

TEST_CASE("the change back is the change with the other sign", "[change][laws]") {
  const auto model = three_leaves();
  auto first = run_of_table(model, "more/change1.csv", 2024);
  auto second = run_of_table(model, "more/change2.csv", 2024);
  const auto there = compare_years(model, first, model, second).value();
  const auto back = compare_years(model, second, model, first).value();
  for (const UnitChange& unit : there.units)
    for (std::size_t node = 0; node < there.nodes.size(); ++node) {
      const NodeChange& other = back.find_unit(unit.id)->nodes[node];
      CHECK(other.difference.value == -unit.nodes[node].difference.value);
      CHECK(*other.difference.standard_error == Approx(*unit.nodes[node].difference.standard_error).epsilon(1e-12));
      CHECK(*other.rise.alone == Approx(1 - *unit.nodes[node].rise.alone).epsilon(1e-9));
    }
}
