// The light evaluation says what the engine says; other weights, removals and simulations follow from it.
#include "analysis/robustness/robustness.h"

#include <cmath>

#include "analysis/disclosure/disclosure.h"
#include "tests/analysis/change/change_support.h"

using namespace khaosat;
using namespace khaosat::robustness;
using test::ModelText;
using test::run_of_table;
using test::three_leaves;

namespace {

struct Made {
  index::IndexModel model;
  index::IndexRun run;
  std::vector<std::size_t> units;
};

Made made(const ModelText& text = {}) {
  Made result{three_leaves(text), {}, {}};
  result.run = run_of_table(result.model, "more/change2.csv", 2025);
  for (std::size_t unit = 0; unit < result.run.units.size(); ++unit) result.units.push_back(unit);
  return result;
}

void same_as_engine(const std::vector<double>& scores, const index::IndexRun& run) {
  for (std::size_t unit = 0; unit < scores.size(); ++unit)
    CHECK(scores[unit] == Approx(run.units[unit].scores.front().estimate.value).epsilon(1e-12));
}

}  // namespace

TEST_CASE("without variation the scores are the engine's", "[robustness]") {
  const Made one = made();
  const auto tree = ScoreTree::create(one.model, one.run, one.units).value();
  same_as_engine(tree.scores({}).value(), one.run);
}

TEST_CASE("what-if weights give what the engine gives for a model with these weights", "[robustness]") {
  const Made one = made();
  const auto tree = ScoreTree::create(one.model, one.run, one.units).value();
  ModelText heavier;
  heavier.weight_q1 = "2";
  heavier.weights_total = "4";
  const Made other = made(heavier);
  const auto what_if = what_if_weights(tree, {{"q1", 2}}).value();
  same_as_engine(what_if.scores, other.run);
  for (std::size_t unit = 0; unit < what_if.ranks.size(); ++unit)
    CHECK(what_if.ranks[unit] == other.run.units[unit].scores.front().rank);
  CHECK(what_if_weights(tree, {{"nobody", 1}}).error().code == ErrorCode::definition_unknown);
  CHECK(what_if_weights(tree, {{"index", 1}}).error().code == ErrorCode::definition_unknown);
  CHECK(what_if_weights(tree, {{"q1", -1}}).error().code == ErrorCode::weight_invalid);
  CHECK(what_if_weights(tree, {{"q1", NAN}}).error().code == ErrorCode::weight_invalid);
  CHECK(what_if_weights(tree, {{"q1", 0}, {"q2", 0}, {"q3", 0}}).error().code == ErrorCode::weights_sum_to_zero);
}

TEST_CASE("leaving one out is the mean of the others", "[robustness]") {
  const Made one = made();
  const auto tree = ScoreTree::create(one.model, one.run, one.units).value();
  const auto removed = remove_one(tree).value();
  REQUIRE(removed.size() == 3);
  for (std::size_t unit = 0; unit < one.units.size(); ++unit) {
    const auto score = [&](const char* node) { return one.run.units[unit].scores[*one.run.find_node(node)].estimate.value; };
    CHECK(removed[0].scores[unit] == Approx((score("q2") + score("q3")) / 2).epsilon(1e-12));
    CHECK(removed[2].scores[unit] == Approx((score("q1") + score("q2")) / 2).epsilon(1e-12));
  }
}

TEST_CASE("simulations are repeatable, hold the nominal rank and refuse what is not defined", "[robustness]") {
  const Made one = made();
  const auto tree = ScoreTree::create(one.model, one.run, one.units).value();
  const std::vector<Factor> factors = {{"w", FactorKind::weights, "index", 1, {}},
                                       {"a", FactorKind::aggregation, "index", 0, {"model", "geometric_mean"}},
                                       {"s", FactorKind::leaf_scoring, "", 0, {"model", "percentile_rank"}}};
  const std::vector<Factor> calm = {factors[0]};
  const auto first = method_uncertainty(tree, calm, {200, 1}).value();
  const auto again = method_uncertainty(tree, calm, {200, 1}).value();
  for (std::size_t unit = 0; unit < first.spread.size(); ++unit) {
    CHECK(first.spread[unit].mean == again.spread[unit].mean);
    CHECK(first.spread[unit].low <= first.spread[unit].median);
    CHECK(first.spread[unit].median <= first.spread[unit].high);
  }
  // The lowest percentile rank is 0, of which there is no geometric mean.
  CHECK(method_uncertainty(tree, factors, {200, 1}).error().code == ErrorCode::out_of_range);
  CHECK(method_uncertainty(tree, {}, {200, 1}).error().code == ErrorCode::out_of_range);
  CHECK(method_uncertainty(tree, calm, {0, 1}).error().code == ErrorCode::out_of_range);
  const std::vector<Factor> unknown = {{"x", FactorKind::aggregation, "index", 0, {"guess"}}};
  CHECK(method_uncertainty(tree, unknown, {10, 1}).error().code == ErrorCode::definition_unknown);
}

TEST_CASE("a unit with a hidden figure takes no part", "[robustness][disclosure]") {
  const Made one = made();
  // As if nobody but four had answered the second question in the first unit.
  auto run = one.run;
  run.units[0].scores[*run.find_node("q2")].estimate.n = 4;
  const auto published = disclosure::publish(run, disclosure::rules_for_citizens());
  const auto result = robustness::robustness(one.model, run, published).value();
  CHECK(result.rows.size() == one.units.size() - 1);
  for (const RobustnessRow& row : result.rows) CHECK(row.id != run.units[0].id);
  REQUIRE(result.left_out.size() == 1);
  CHECK(result.left_out[0].reason == "hidden_figure");
}
