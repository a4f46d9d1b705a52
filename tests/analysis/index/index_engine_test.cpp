#include "analysis/index/index_engine.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/estimate/distributions.h"
#include "analysis/index/index_run_json.h"
#include "analysis/index/index_table.h"
#include "analysis/index/survey_items.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

// Two items, weighted 3:1; options a (not satisfied) and b.
const char* const kModel = R"({"schema": "khaosat/index_model/1", "id": "small", "version": 1,
  "title": {"vi": "Nhỏ"}, "source": {"issuer": "x"}, "scale": [0, 100],
  "questionnaire": {"id": "q", "version": 1},
  "parameters": [{"id": "w", "title": {"vi": "Trọng số"}, "value": 0.75}],
  "nodes": [
    {"id": "root", "title": {"vi": "Gốc"}, "aggregate": "weighted_mean"},
    {"id": "one", "parent": "root", "title": {"vi": "Một"}, "weight": {"parameter": "w"},
     "source": {"survey": {"question": "q1", "share_of": ["b"], "minimum_answered": 2}},
     "scoring": {"method": "linear", "multiply": 100}},
    {"id": "two", "parent": "root", "title": {"vi": "Hai"}, "weight": {"one_minus": "w"},
     "source": {"survey": {"question": "q2", "share_of": ["b"]}},
     "scoring": {"method": "linear", "multiply": 100}}]})";

QuestionnaireFacts facts() {
  QuestionnaireFacts q{"q", 1, {}};
  q.questions["q1"] = {{"a", "b"}, {}, false};
  q.questions["q2"] = {{"a", "b"}, {}, false};
  return q;
}

IndexInput survey(const IndexModel& model, const std::string& table, bool drawn = true) {
  IndexInput input;
  Faults faults;
  TableOptions options;
  options.year = 2025;
  options.drawn = drawn;
  const QuestionnaireFacts q = facts();
  read_survey_table(model, &q, "survey.csv", table, options, input, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  return input;
}

IndexRun run_of(const IndexModel& model, const IndexInput& input, const ComputeOptions& options = {}) {
  auto run = compute(model, input, options);
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return *run;
}

const NodeScore& score(const IndexRun& run, const std::string& unit, const std::string& node) {
  REQUIRE(run.find_unit(unit) != nullptr);
  return run.find_unit(unit)->scores[run.find_node(node).value()];
}

// Four villages, weights 1 and 2.
const char* const kTable =
    "unit,stratum,psu,weight,q1,q2\n"
    "u,s,v1,1,b,b\nu,s,v1,1,a,b\nu,s,v2,2,b,~dont_know\nu,s,v2,2,b,a\n"
    "u,s,v3,1,a,\nu,s,v3,1,~no_experience,b\nu,s,v4,2,b,b\nu,s,v4,2,~declined,a\n";

}  // namespace

TEST_CASE("a small index agrees with arithmetic by hand", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, kTable));
  const NodeScore& one = score(run, "u", "one");
  // q1: weights of b 1 + 2 + 2 + 2 = 7, of a 1 + 1 = 2.
  CHECK(one.estimate.value == Approx(100 * 7.0 / 9).epsilon(1e-14));
  CHECK(one.estimate.n == 6);
  CHECK(one.absent[sums::Absence::no_experience] == 1);
  CHECK(one.absent[sums::Absence::declined] == 1);
  CHECK(missing_share(one, sums::Absence::declined) == 1.0 / 8);
  const NodeScore& two = score(run, "u", "two");
  // q2: b 1 + 1 + 1 + 2 = 5, a 2 + 2 = 4.
  CHECK(two.estimate.value == Approx(100 * 5.0 / 9).epsilon(1e-14));
  CHECK(two.absent[sums::Absence::blank] == 1);
  CHECK(two.absent[sums::Absence::dont_know] == 1);

  const NodeScore& root = score(run, "u", "root");
  CHECK(root.estimate.value == Approx(0.75 * 700 / 9 + 0.25 * 500 / 9).epsilon(1e-14));
  // Influence of a village: sum over items of 100 · weight · (sum w y - R sum w) / 9.
  const auto influence = [](double wy1, double w1, double wy2, double w2) {
    return 75 * (wy1 - 7.0 / 9 * w1) / 9 + 25 * (wy2 - 5.0 / 9 * w2) / 9;
  };
  const std::vector<double> z = {influence(1, 2, 2, 2), influence(4, 4, 0, 2), influence(0, 1, 1, 1),
                                 influence(2, 2, 2, 4)};
  double squares = 0;
  for (const double value : z) squares += value * value;  // they sum to 0
  const double error = std::sqrt(4.0 / 3 * squares);
  CHECK(root.estimate.standard_error.value() == Approx(error).epsilon(1e-12));
  CHECK(root.estimate.degrees_of_freedom == 3);
  const double half = estimate::student_t_quantile(0.975, 3) * error;
  CHECK(root.estimate.lower.value() == Approx(root.estimate.value - half).epsilon(1e-10));
  // The upper end would leave the scale.
  CHECK(root.estimate.upper.value() == Approx(std::min(100.0, root.estimate.value + half)).epsilon(1e-10));
}

TEST_CASE("a sample nobody drew gets values and no interval", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, kTable, false));
  CHECK(run.design == "none");
  for (const NodeScore& node : run.units[0].scores) {
    CHECK(node.state == ScoreState::value);
    CHECK_FALSE(node.estimate.standard_error);
    CHECK_FALSE(node.estimate.lower);
    CHECK(estimate::has(node.estimate.flags, estimate::EstimateFlag::no_probability_sample));
    CHECK(node.influence.empty());
  }
  CHECK_FALSE(design_of(run).has_value());
  CHECK(score(run, "u", "root").estimate.value ==
        score(run_of(model, survey(model, kTable)), "u", "root").estimate.value);
}

TEST_CASE("recomputing gives the same bytes, whatever the order of rows", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const std::string first = to_json(run_of(model, survey(model, kTable)));
  CHECK(to_json(run_of(model, survey(model, kTable))) == first);
  const std::string shuffled =
      "unit,stratum,psu,weight,q1,q2\n"
      "u,s,v4,2,~declined,a\nu,s,v2,2,b,a\nu,s,v1,1,a,b\nu,s,v3,1,~no_experience,b\n"
      "u,s,v2,2,b,~dont_know\nu,s,v4,2,b,b\nu,s,v1,1,b,b\nu,s,v3,1,a,\n";
  CHECK(to_json(run_of(model, survey(model, shuffled))) == first);

  const auto read = read_index_run(first);
  REQUIRE(read.has_value());
  CHECK(to_json(*read) == first);
  const std::string changed =
      std::string(kTable) + "u,s,v4,2,b,a\n";
  CHECK(run_of(model, survey(model, changed)).input_hash != read->input_hash);
}

TEST_CASE("stored runs that are not ours are refused", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const std::string text = to_json(run_of(model, survey(model, kTable)));
  for (std::size_t cut = 0; cut < text.size(); cut += 101)
    CHECK_FALSE(read_index_run(text.substr(0, cut)).has_value());
  CHECK_FALSE(read_index_run("{}").has_value());
  CHECK_FALSE(read_index_run(R"({"schema":"khaosat/index_run/1"})").has_value());
}

TEST_CASE("weights times a constant change no value, error or interval", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexInput input = survey(model, kTable);
  IndexInput scaled = input;
  for (const auto& [key, cell] : input.survey->cells())
    scaled.design.cell_weights[{key.stratum, key.psu}] = 8;
  const IndexRun a = run_of(model, input);
  const IndexRun b = run_of(model, scaled);
  for (std::size_t k = 0; k < a.nodes.size(); ++k) {
    CHECK(b.units[0].scores[k].estimate.value == Approx(a.units[0].scores[k].estimate.value).epsilon(1e-14));
    CHECK(b.units[0].scores[k].estimate.standard_error.value() ==
          Approx(a.units[0].scores[k].estimate.standard_error.value()).epsilon(1e-13));
  }
}

TEST_CASE("a PSU weight given with the cell equals the same weight given to each respondent", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun each = run_of(model, survey(model, kTable));
  std::string unweighted = kTable;
  for (std::size_t at; (at = unweighted.find(",2,")) != std::string::npos;) unweighted.replace(at, 3, ",1,");
  IndexInput input = survey(model, unweighted);
  input.design.cell_weights = {{{"s", "v1"}, 1}, {{"s", "v2"}, 2}, {{"s", "v3"}, 1}, {{"s", "v4"}, 2}};
  const IndexRun by_cell = run_of(model, input);
  for (std::size_t k = 0; k < each.nodes.size(); ++k)
    CHECK(by_cell.units[0].scores[k].estimate.standard_error.value() ==
          Approx(each.units[0].scores[k].estimate.standard_error.value()).epsilon(1e-13));
  input.design.cell_weights.erase({"s", "v4"});
  CHECK(compute(model, input).error().code == ErrorCode::weight_invalid);
}

TEST_CASE("a unit without enough answers has no value, and it is not 0", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, std::string(kTable) + "x,t,y1,1,b,b\nx,t,y2,1,~dont_know,b\n"
                                                                         "e,z,e1,1,~dont_know,\n"));
  CHECK(score(run, "x", "one").reason == "too_few_answers");
  CHECK(score(run, "x", "root").state == ScoreState::missing);
  CHECK(score(run, "x", "root").reason == "child_without_value");
  CHECK(score(run, "x", "two").state == ScoreState::value);
  // Everybody chose b: no error of 0 is claimed as certainty; the interval is that of a proportion.
  const estimate::Estimate& all = score(run, "x", "two").estimate;
  CHECK(all.value == 100);
  CHECK(estimate::has(all.flags, estimate::EstimateFlag::zero_variance));
  CHECK(all.lower.value() < 100);
  CHECK(score(run, "e", "two").reason == "no_valid_answers");
  // One PSU in its stratum: a value, no error.
  CHECK(score(run, "u", "root").rank == 1u);
  CHECK(run.nodes[0].ranked == 1);
}

TEST_CASE("weights of zero throughout leave no value", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, std::string(kTable) + "x,t,y1,0,b,b\nx,t,y2,0,b,b\n"));
  CHECK(score(run, "x", "two").state == ScoreState::missing);
  CHECK(score(run, "x", "two").reason == "weights_sum_to_zero");
}

TEST_CASE("a lonely PSU gives a value without error, flagged", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, std::string(kTable) + "x,t,y1,1,b,b\nx,t,y1,1,a,b\n"));
  const estimate::Estimate& root = score(run, "x", "root").estimate;
  CHECK_FALSE(root.standard_error);
  CHECK(estimate::has(root.flags, estimate::EstimateFlag::lonely_psu));
  CHECK(score(run, "u", "root").estimate.standard_error);
}

TEST_CASE("other parameters need a name, are checked and are printed", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexInput input = survey(model, kTable);
  CHECK(compute(model, input, {{{"w", 0.5}}, "", ""}).error().code == ErrorCode::missing_field);
  CHECK(compute(model, input, {{{"v", 0.5}}, "halves", ""}).error().code == ErrorCode::definition_unknown);
  CHECK(compute(model, input, {{{"w", 1.5}}, "halves", ""}).error().code == ErrorCode::out_of_range);
  const IndexRun run = run_of(model, input, {{{"w", 0.5}}, "halves", "khaosat 0.1.0"});
  CHECK(run.variant == "halves");
  CHECK(run.parameters[0].value == 0.5);
  CHECK(run.parameters[0].model_value == 0.75);
  CHECK(score(run, "u", "root").estimate.value == Approx((700.0 + 500) / 18).epsilon(1e-14));
  // Nothing weighs on a child of weight 0, whether it has a value or not.
  const IndexRun only_two = run_of(model, input, {{{"w", 0}}, "second only", ""});
  CHECK(score(only_two, "u", "root").estimate.value == Approx(500.0 / 9).epsilon(1e-14));
}

TEST_CASE("groups of units are computed together and not ranked among them", "[index]") {
  const IndexModel model = test::model_from(kModel);
  IndexInput input = survey(model, std::string(kTable) + "x,t,y1,1,b,b\nx,t,y2,1,a,b\n");
  input.groups = {{"all", "Tất cả", {"u", "x"}}};
  const IndexRun run = run_of(model, input);
  CHECK(score(run, "all", "one").estimate.value == Approx(100 * 8.0 / 11).epsilon(1e-14));
  CHECK(score(run, "all", "one").estimate.degrees_of_freedom == 4);
  CHECK_FALSE(score(run, "all", "root").rank);
  CHECK(run.nodes[0].ranked == 2);
  input.groups = {{"all", "Tất cả", {"u", "nowhere"}}};
  CHECK(compute(model, input).error().code == ErrorCode::definition_unknown);
}

TEST_CASE("covariances between nodes come from the stored influences", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const IndexRun run = run_of(model, survey(model, kTable));
  const auto design = design_of(run);
  REQUIRE(design.has_value());
  const auto one = linearized(score(run, "u", "one"));
  const auto two = linearized(score(run, "u", "two"));
  const double v1 = estimate::variance(*design, one).value();
  const double v2 = estimate::variance(*design, two).value();
  const double c = estimate::covariance(*design, one, two).value();
  const double expected = 0.5625 * v1 + 0.0625 * v2 + 2 * 0.1875 * c;
  const double error = score(run, "u", "root").estimate.standard_error.value();
  CHECK(error * error == Approx(expected).epsilon(1e-12));
}

TEST_CASE("better answers never lower an index", "[index]") {
  const IndexModel model = test::model_from(kModel);
  std::mt19937_64 random(5);
  for (int round = 0; round < 50; ++round) {
    std::string worse = "unit,stratum,psu,weight,q1,q2\n";
    std::string better = worse;
    for (int i = 0; i < 20; ++i) {
      const std::string start = "u,s,v" + std::to_string(random() % 4) + "," + std::to_string(1 + random() % 5);
      std::string a = random() % 2 == 0 ? "a" : "b";
      const std::string second = random() % 2 == 0 ? "a" : "b";
      worse += start + "," + a + "," + second + "\n";
      if (random() % 3 == 0) a = "b";
      better += start + "," + a + "," + second + "\n";
    }
    const double before = score(run_of(model, survey(model, worse, false)), "u", "root").estimate.value;
    const double after = score(run_of(model, survey(model, better, false)), "u", "root").estimate.value;
    CHECK(after >= before);
  }
}

TEST_CASE("what a model needs and does not get is refused", "[index]") {
  const IndexModel model = test::model_from(kModel);
  IndexInput input;
  input.year = 2025;
  CHECK(compute(model, input).error().code == ErrorCode::not_comparable);
  input.survey = sums::SumsTable({"one"});
  CHECK(compute(model, input).error().code == ErrorCode::not_comparable);
  IndexInput other = survey(model, kTable);
  other.questionnaire = DefinitionIdentity{"another", 1, ""};
  CHECK(compute(model, other).error().code == ErrorCode::not_comparable);
  IndexInput twice = survey(model, kTable);
  twice.units = {{"u", "U", {}, {}}, {"u", "U", {}, {}}};
  CHECK(compute(model, twice).error().code == ErrorCode::already_exists);
}

TEST_CASE("a cell in two strata is refused by the table and by the design", "[index]") {
  const IndexModel model = test::model_from(kModel);
  const std::string table = std::string(kTable) + "u,other,v1,1,b,b\n";
  IndexInput input;
  Faults faults;
  TableOptions options;
  options.year = 2025;
  options.drawn = true;
  const QuestionnaireFacts q = facts();
  read_survey_table(model, &q, "survey.csv", table, options, input, faults);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::psu_in_two_strata);
  CHECK(compute(model, input).error().code == ErrorCode::psu_in_two_strata);
}
