// Every operation of the field as the author of a model would ask for it: a model file and a table, against
// COINr 1.1.14 on random tables with gaps, ties, zeros and negatives (tests/fixtures/statistics/more/
// make_composite.R), and the rules for what has no answer.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/change/comparability.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using nlohmann::json;

namespace {

json node(const std::string& id, const std::string& column, json more = json::object()) {
  more["id"] = id;
  more["parent"] = "root";
  more["title"] = {{"vi", id}};
  if (!column.empty()) more["source"] = {{"administrative", {{"numerator", column}}}};
  return more;
}

std::string model_text(const std::vector<json>& nodes, const json& root = {{"aggregate", "mean"},
                                                                           {"missing", {{"policy", "reweight"}, {"minimum_share", 0}}}},
                       json model = json::object()) {
  json top = root;
  top["id"] = "root";
  top["title"] = {{"vi", "R"}};
  model.update({{"schema", "khaosat/index_model/1"}, {"id", "m"}, {"version", 1}, {"title", {{"vi", "M"}}},
                {"source", {{"issuer", "x"}}}, {"scale", {0, 100}}, {"nodes", json::array({top})}});
  for (const json& one : nodes) model["nodes"].push_back(one);
  return model.dump();
}

struct Outcome {
  std::vector<ErrorCode> refused;
  std::map<int, IndexRun> runs;
};

Outcome outcome_of(const std::string& model, const std::string& table) {
  Outcome outcome;
  const ReadModel read = read_index_model("model.json", model);
  Faults faults = read.faults;
  std::map<int, IndexInput> inputs;
  if (faults.empty()) read_unit_table(*read.model, "table.csv", table, {}, inputs, faults);
  for (const Fault& fault : faults) outcome.refused.push_back(fault.code);
  if (!faults.empty()) return outcome;
  link_earlier_years(*read.model, inputs);
  for (const auto& [year, input] : inputs) {
    auto run = compute(*read.model, input);
    if (run) {
      outcome.runs[year] = std::move(*run);
    } else {
      outcome.refused.push_back(run.error().code);
    }
  }
  return outcome;
}

IndexRun run_of(const std::string& model, const std::string& table) {
  Outcome outcome = outcome_of(model, table);
  REQUIRE(outcome.refused.empty());
  return outcome.runs.rbegin()->second;
}

const NodeScore& score_of(const IndexRun& run, const std::string& unit, const std::string& id) {
  return run.find_unit(unit)->scores[*run.find_node(id)];
}

// NaN: no value.
double value_of(const IndexRun& run, const std::string& unit, const std::string& id) {
  const NodeScore& score = score_of(run, unit, id);
  return score.state == ScoreState::value ? score.estimate.value : std::nan("");
}

}  // namespace

TEST_CASE("every operation written in a model agrees with COINr on random tables", "[index][parity]") {
  const json known = json::parse(test::read_file("tests/fixtures/statistics/more/composite.json"));
  std::size_t compared = 0;
  for (const json& table : known) {
    std::vector<json> nodes;
    for (std::size_t k = 0; k < table["cases"].size(); ++k)
      nodes.push_back(node("n" + std::to_string(k), table["cases"][k]["column"], table["cases"][k]["spec"]));
    for (std::size_t k = 0; k < table["combined"].size(); ++k) {
      const std::string id = "a" + std::to_string(k);
      nodes.push_back(node(id, "", table["combined"][k]["spec"]));
      for (const auto& [column, weight] : table["weights"].items()) {
        json child = node(id + "_" + column, column, {{"weight", weight}});
        child["parent"] = id;
        nodes.push_back(std::move(child));
      }
    }
    const IndexRun run = run_of(model_text(nodes), table["csv"].get<std::string>());
    const auto compare = [&](const std::string& list, const std::string& prefix) {
      for (std::size_t k = 0; k < table[list].size(); ++k) {
        const json& one = table[list][k];
        for (std::size_t unit = 0; unit < table["units"].size(); ++unit) {
          INFO(table["units"][unit] << " " << one["id"] << " " << one["spec"].dump());
          const double found = value_of(run, table["units"][unit], prefix + std::to_string(k));
          const json& wanted = one["value"][unit];
          REQUIRE(std::isnan(found) == !wanted.is_number());
          if (wanted.is_number()) CHECK(found == Approx(wanted.get<double>()).epsilon(1e-10).margin(1e-12));
          ++compared;
        }
      }
    };
    compare("cases", "n");
    compare("combined", "a");
  }
  CHECK(compared > 3000);
}

TEST_CASE("outranking agrees with COINr's unit case", "[index][parity]") {
  const json known = json::parse(test::read_file("tests/fixtures/statistics/expected/12a_coinr_unit.json"))["outranking"];
  std::string table = "unit,year,a,b,c\n";
  for (std::size_t k = 0; k < 4; ++k)
    table += "u" + std::to_string(k) + ",2024," + known["input"][k]["a"].dump() + "," + known["input"][k]["b"].dump() + "," +
             known["input"][k]["c"].dump() + "\n";
  const json root = {{"aggregate", "copeland"}, {"weights_total", 4}};
  const IndexRun run = run_of(model_text({node("a", "a", {{"weight", known["weights"][0]}}), node("b", "b", {{"weight", known["weights"][1]}}),
                                          node("c", "c", {{"weight", known["weights"][2]}})}, root),
                              table);
  for (std::size_t k = 0; k < 4; ++k) CHECK(value_of(run, "u" + std::to_string(k), "root") == known["copeland"][k].get<double>());
  CHECK(has(score_of(run, "u0", "root").notes, ScoreNote::relative));
}

TEST_CASE("balanced weights give the children the say the model asks for", "[index]") {
  // Correlations of the children with their parent, in the ratio of the weights, whatever their spread.
  std::string table = "unit,year,a,b,c\n";
  for (int k = 0; k < 30; ++k) {
    const double common = std::sin(k * 1.7);
    const auto text = [](double value) { return std::to_string(value); };
    table += "u" + std::to_string(k) + ",2024," + text(100 * (common + std::cos(k * 2.3))) + "," + text(common + std::sin(k * 5.1)) + "," +
             text(3 * common + std::cos(k * 0.9)) + "\n";
  }
  const auto correlations = [&](const std::vector<double>& says) {
    std::vector<json> nodes;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::string id(1, static_cast<char>('a' + k));
      nodes.push_back(node(id, id, says.empty() ? json::object() : json{{"weight", says[k]}}));
    }
    const IndexRun run = run_of(model_text(nodes, {{"aggregate", "weighted_mean"}, {"weights", "balanced"}}), table);
    CHECK(has(score_of(run, "u0", "root").notes, ScoreNote::relative));
    std::vector<double> found;
    for (std::size_t child = 1; child <= 3; ++child) {
      double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
      for (const UnitScores& unit : run.units) {
        const double x = unit.scores[child].estimate.value;
        const double y = unit.scores[0].estimate.value;
        sx += x; sy += y; sxx += x * x; syy += y * y; sxy += x * y;
      }
      found.push_back((30 * sxy - sx * sy) / std::sqrt((30 * sxx - sx * sx) * (30 * syy - sy * sy)));
    }
    return found;
  };
  const auto alike = correlations({});
  CHECK(alike[1] == Approx(alike[0]).epsilon(1e-9));
  CHECK(alike[2] == Approx(alike[0]).epsilon(1e-9));
  const auto asked = correlations({1, 1, 1.2});
  CHECK(asked[1] == Approx(asked[0]).epsilon(1e-9));
  CHECK(asked[2] == Approx(1.2 * asked[0]).epsilon(1e-9));
}

TEST_CASE("a value of an earlier year is carried forward, if it is not too old, and says so", "[index]") {
  const std::string table = "unit,year,x\nu,2020,3\nu,2022,5\nu,2023,\nv,2019,7\nv,2023,\nw,2023,1\n";
  const Outcome outcome = outcome_of(model_text({node("x", "x", {{"impute", {{"method", "earlier_value"}, {"most_years", 3}}}})}), table);
  REQUIRE(outcome.refused.empty());
  const IndexRun& run = outcome.runs.at(2023);
  CHECK(value_of(run, "u", "x") == 5);
  CHECK(has(score_of(run, "u", "root").notes, ScoreNote::imputed));
  CHECK(score_of(run, "v", "x").reason == "not_recorded");
  CHECK_FALSE(has(score_of(run, "w", "x").notes, ScoreNote::imputed));
  CHECK(run.nodes[*run.find_node("x")].steps == std::vector<std::string>{"1 values carried forward from 2022"});
  CHECK(run.input_hash != outcome_of(model_text({node("x", "x", {{"impute", {{"method", "earlier_value"}, {"most_years", 3}}}})}),
                                     "unit,year,x\nu,2022,6\nu,2023,\nv,2023,\nw,2023,1\n").runs.at(2023).input_hash);
}

TEST_CASE("screened units are judged by what was measured, and others do not see them", "[index]") {
  const json scored = {{"scoring", {{"method", "observed_min_max"}, {"to", {0, 1}}, {"reason", "r"}}}, {"impute", {{"method", "mean"}}}};
  const std::vector<json> nodes = {node("a", "a", scored), node("b", "b", scored), node("c", "c", scored)};
  const std::string table = "unit,year,a,b,c\nu,2024,1,1,2\nv,2024,3,2,1\nw,2024,1000,,\nz,2024,-5,0,0\n";
  const json root = {{"aggregate", "mean"}};
  const IndexRun run = run_of(model_text(nodes, root, {{"screen_minimum_share", 0.6}, {"screen_minimum_nonzero_share", 0.5}}), table);
  CHECK(score_of(run, "w", "root").reason == "unit_screened");
  CHECK(score_of(run, "z", "root").reason == "unit_screened");
  CHECK(score_of(run, "w", "a").reason == "unit_screened");
  CHECK(value_of(run, "v", "a") == 1);
  CHECK(value_of(run, "u", "a") == 0);
  CHECK_FALSE(has(score_of(run, "u", "root").notes, ScoreNote::imputed));
}

TEST_CASE("whatever has no answer is refused or stated, never a number", "[index]") {
  const std::string good = "unit,year,x,y,g\nu,2024,1,4,a\nv,2024,2,6,a\nw,2024,4,5,b\n";
  const std::string equal = "unit,year,x,y,g\nu,2024,0.1,4,a\nv,2024,0.1,6,a\nw,2024,0.1,5,b\n";
  const std::string one = "unit,year,x,y,g\nu,2024,1,4,a\n";
  const std::string none = "unit,year,x,y,g\nu,2024,,4,a\nv,2024,,6,a\n";
  const auto x = [](const json& more) { return model_text({node("x", "x", more)}); };
  const auto relative = [&](const char* method) { return x({{"scoring", {{"method", method}, {"reason", "r"}, {"target", -9}, {"reference_unit", "u"}}}}); };
  struct Row {
    const char* what;
    std::string model;
    std::string table;
    ErrorCode code;
  };
  const json pair = {{"aggregate", "weighted_mean"}, {"weights", "balanced"}};
  const std::vector<Row> refused = {
      {"equal values, min and max", relative("observed_min_max"), equal, ErrorCode::anchor_degenerate},
      {"equal values, z", relative("z_score"), equal, ErrorCode::anchor_degenerate},
      {"one unit, min and max", relative("observed_min_max"), one, ErrorCode::anchor_degenerate},
      {"one unit, z", relative("z_score"), one, ErrorCode::anchor_degenerate},
      {"one unit, percentile", relative("percentile_rank"), one, ErrorCode::anchor_degenerate},
      {"a target all have passed", relative("distance_to_target"), good, ErrorCode::anchor_degenerate},
      {"a reference nobody is", x({{"scoring", {{"method", "distance_to_reference"}, {"reason", "r"}, {"reference_unit", "q"}}}}), good,
       ErrorCode::definition_unknown},
      {"a fraction of a negative maximum", x({{"direction", -1}, {"scoring", {{"method", "fraction_of_maximum"}, {"reason", "r"}}}}), good,
       ErrorCode::out_of_range},
      {"log_gii below 1", x({{"transform", {{"method", "log_gii"}}}}), "unit,year,x\nu,2024,0.1\nv,2024,0.9\n", ErrorCode::out_of_range},
      {"a number that no measurement is", x(json::object()), "unit,year,x\nu,2024,1e99\n", ErrorCode::out_of_range},
      {"unknown curve", x({{"transform", {{"method", "log_cd"}}}}), good, ErrorCode::definition_invalid},
      {"box_cox without lambda", x({{"transform", {{"method", "box_cox"}}}}), good, ErrorCode::missing_field},
      {"lambda without box_cox", x({{"transform", {{"method", "log"}, {"lambda", 1}}}}), good, ErrorCode::missing_field},
      {"ties where no ranks are", x({{"scoring", {{"method", "z_score"}, {"reason", "r"}, {"ties", "mean"}}}}), good, ErrorCode::definition_invalid},
      {"unknown rule of ties", x({{"scoring", {{"method", "rank"}, {"reason", "r"}, {"ties", "first"}}}}), good, ErrorCode::unknown_option},
      {"regression on nothing", x({{"impute", {{"method", "regression"}}}}), good, ErrorCode::definition_invalid},
      {"regression on a column that is not there", x({{"impute", {{"method", "regression"}, {"on", {"q"}}}}}), good, ErrorCode::missing_field},
      {"groups of a column that is not there", x({{"impute", {{"method", "group_mean"}, {"group", "q"}}}}), good, ErrorCode::missing_field},
      {"balanced, a constant child", model_text({node("x", "x"), node("y", "y")}, pair), equal, ErrorCode::no_valid_answers},
      {"balanced, the same child twice", model_text({node("x", "x"), node("y", "x")}, pair), good, ErrorCode::out_of_range},
      {"balanced, children against each other", model_text({node("x", "x"), node("z", "x", {{"direction", -1}, {"scoring", {{"method", "none"}}}})}, pair),
       good, ErrorCode::out_of_range},
      {"balanced, one weight of two", model_text({node("x", "x", {{"weight", 1}}), node("y", "y")}, pair), good, ErrorCode::definition_invalid},
      {"balanced, a weight of 0", model_text({node("x", "x", {{"weight", 0}}), node("y", "y", {{"weight", 1}})}, pair), good, ErrorCode::definition_invalid},
      {"balanced geometric", model_text({node("x", "x"), node("y", "y")}, {{"aggregate", "geometric_mean"}, {"weights", "balanced"}}), good,
       ErrorCode::definition_invalid},
      {"outranking with reweighting", model_text({node("x", "x", {{"weight", 1}})}, {{"aggregate", "copeland"}, {"missing", {{"policy", "reweight"}, {"minimum_share", 0.5}}}}),
       good, ErrorCode::definition_invalid},
      {"weights that sum to 0", model_text({node("x", "x", {{"weight", 0}}), node("y", "y", {{"weight", 0}})}, {{"aggregate", "weighted_mean"}}), good,
       ErrorCode::definition_invalid},
  };
  for (const Row& row : refused) {
    INFO(row.what);
    const Outcome outcome = outcome_of(row.model, row.table);
    CHECK(outcome.runs.empty());
    CHECK(std::find(outcome.refused.begin(), outcome.refused.end(), row.code) != outcome.refused.end());
  }

  // Not refused: each has its rule, and nothing is ever not a number.
  const std::vector<std::pair<std::string, std::string>> accepted = {
      {relative("z_score"), none},
      {relative("rank"), equal},
      {relative("borda"), one},
      {x({{"transform", {{"method", "log_ct"}}}}), equal},
      {x({{"transform", {{"method", "box_cox"}, {"lambda", 0.3}}}}), one},
      {x({{"transform", {{"method", "log"}}}}), "unit,year,x\nu,2024,0\nv,2024,-1\nw,2024,5\n"},
      {x({{"outliers", json::object()}}), equal},
      {x({{"outliers", json::object()}}), one},
      {x({{"impute", {{"method", "mean"}}}}), none},
      {x({{"impute", {{"method", "regression"}, {"on", {"y"}}}}}), "unit,year,x,y\nu,2024,,1\nv,2024,2,1\nw,2024,3,1\nz,2024,4,1\n"},
      {model_text({node("x", "x", {{"weight", 1}})}, {{"aggregate", "copeland"}}), one},
  };
  for (const auto& [model, table] : accepted) {
    INFO(model << "\n" << table);
    const Outcome outcome = outcome_of(model, table);
    REQUIRE(outcome.refused.empty());
    for (const UnitScores& unit : outcome.runs.at(2024).units)
      for (const NodeScore& score : unit.scores) {
        CHECK(std::isfinite(score.estimate.value));
        CHECK((score.state == ScoreState::value) == score.reason.empty());
      }
  }
  const IndexRun logged = run_of(x({{"transform", {{"method", "log"}}}}), "unit,year,x\nu,2024,0\nv,2024,-1\nw,2024,5\n");
  CHECK(score_of(logged, "u", "x").reason == "out_of_range");
  CHECK(value_of(logged, "w", "x") == Approx(std::log(5.0)));
}

TEST_CASE("what was measured too low for a formula is not taken for missing, so the worst never beats the poor", "[index]") {
  const json child = node("child", "", {{"aggregate", "geometric_mean"}, {"weights", "equal"}});
  const auto text = [&](json a) {
    a["parent"] = "child";
    json b = node("b", "b");
    b["parent"] = "child";
    return model_text({child, std::move(a), b, node("c", "c")});
  };
  // u: 0; v: next to 0; w: not recorded.
  const std::string table = "unit,year,a,b,c\nu,2024,0,9,90\nv,2024,0.001,9,90\nw,2024,,9,90\n";
  for (const bool logarithm : {false, true}) {
    const json a = logarithm ? node("a", "a", {{"transform", {{"method", "log"}}}}) : node("a", "a");
    const IndexRun run = run_of(text(a), table);
    for (const char* id : {"child", "root"}) {
      CHECK(score_of(run, "u", id).state == ScoreState::missing);
      CHECK(score_of(run, "u", id).reason == "out_of_range");
    }
    CHECK(score_of(run, "w", "child").reason == "child_without_value");
    CHECK(score_of(run, "w", "root").estimate.value == 90);  // the model lets others stand in for what is missing
    if (!logarithm) CHECK(score_of(run, "v", "root").estimate.value < 50);
  }
}

TEST_CASE("operations that rest on the year's own units block the comparison of years", "[index][change]") {
  const std::string table = "unit,year,x,y\nu,2023,1,4\nv,2023,2,6\nw,2023,4,5\nu,2024,2,4\nv,2024,3,6\nw,2024,5,7\n";
  const json weighted = {{"weight", 0.5}};
  const std::vector<std::pair<std::string, bool>> models = {
      {model_text({node("x", "x"), node("y", "y")}), true},
      {model_text({node("x", "x", {{"transform", {{"method", "log"}}}}), node("y", "y")}), true},
      {model_text({node("x", "x", {{"transform", {{"method", "box_cox"}, {"lambda", 0}}}}), node("y", "y")}), false},
      {model_text({node("x", "x", {{"scoring", {{"method", "borda"}, {"reason", "r"}}}}), node("y", "y")}), false},
      {model_text({node("x", "x", weighted), node("y", "y", weighted)}, {{"aggregate", "copeland"}}), false},
      {model_text({node("x", "x"), node("y", "y")}, {{"aggregate", "weighted_mean"}, {"weights", "balanced"}}), false},
      {model_text({node("x", "x", {{"outliers", json::object()}}), node("y", "y")}), false},
  };
  for (const auto& [text, comparable] : models) {
    INFO(text);
    const Outcome outcome = outcome_of(text, table);
    REQUIRE(outcome.runs.size() == 2);
    const IndexModel model = test::model_from(text);
    const auto found = change::compare_models(model, outcome.runs.at(2023), model, outcome.runs.at(2024), {});
    CHECK(found.front().obstacles.empty() == comparable);
    if (!comparable) CHECK(found.front().obstacles.front().kind == change::ObstacleKind::relative_score);
  }
}
