// A drawn table with a second stage or weights made to fit known totals, through the index engine, against R's
// survey (tests/fixtures/statistics/more/make_index.R): leaves, a composite, domains across clusters, groups, and the
// difference of two units.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "analysis/change/index_change.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_run_json.h"
#include "analysis/index/index_table.h"
#include "analysis/index/survey_items.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using nlohmann::json;

namespace {

const char* const kModel = R"({"schema": "khaosat/index_model/1", "id": "two_items", "version": 1,
  "title": {"vi": "Hai mục"}, "source": {"issuer": "x"}, "scale": [0, 10],
  "questionnaire": {"id": "q", "version": 1},
  "nodes": [
    {"id": "root", "title": {"vi": "Gốc"}, "aggregate": "weighted_mean"},
    {"id": "y_mean", "parent": "root", "title": {"vi": "y"}, "weight": 0.6, "source": {"survey": {"question": "y"}}},
    {"id": "likert_mean", "parent": "root", "title": {"vi": "likert"}, "weight": 0.4, "source": {"survey": {"question": "likert"}}}]})";

const QuestionnaireFacts kFacts{"q", 1, {{"y", {{}, {}, true}}, {"likert", {{}, {}, true}}}};

std::string exact(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

// more.csv as such a table; columns by stage (one, fpc, two) and maker of weights.
std::string table_of(const test::CsvTable& from, const json& expected, const std::string& stage, const std::string& maker, bool shuffled = false) {
  std::string text = "unit,stratum,psu,weight,y,likert";
  if (stage != "one") text += ",psu_population";
  if (stage == "two") text += ",second_stage_population,second_stage_unit";
  if (maker == "post") text += ",post_stratum,post_stratum_population";
  if (maker == "rake") text += ",margin_age,margin_age_population,margin_sex,margin_sex_population";
  const bool totals = maker == "greg" || maker == "logit";
  for (const char* name : {"one", "old", "young", "x"})
    if (totals) text += std::string(",total_") + name + ",total_" + name + "_population";
  const double people = expected["age"]["old"].get<double>() + expected["age"]["young"].get<double>() + expected["age"]["middle"].get<double>();
  std::vector<std::string> lines;
  for (const auto& row : from.rows) {
    if (std::stod(from.at(row, "w")) == 0) continue;
    std::string line = from.at(row, "sex") + "," + from.at(row, "stratum") + "," + from.at(row, "psu") + "," + from.at(row, "w") + "," + from.at(row, "y") + "," + from.at(row, "likert");
    if (stage != "one") line += "," + from.at(row, "Nh");
    if (stage == "two") line += "," + from.at(row, "Nha") + "," + from.at(row, "person");
    const std::string age = from.at(row, "age");
    const std::string sex = from.at(row, "sex");
    if (maker == "post" || maker == "rake") line += "," + age + "," + exact(expected["age"][age]);
    if (maker == "rake") line += "," + sex + "," + exact(expected["sex"][sex]);
    if (totals) {
      line += ",1," + exact(people);
      line += std::string(age == "old" ? ",1," : ",0,") + exact(expected["age"]["old"]);
      line += std::string(age == "young" ? ",1," : ",0,") + exact(expected["age"]["young"]);
      line += "," + from.at(row, "x") + "," + exact(expected["x"]);
    }
    lines.push_back(line);
  }
  if (shuffled) std::shuffle(lines.begin(), lines.end(), std::mt19937(5));
  for (const auto& line : lines) text += "\n" + line;
  return text + "\n";
}

IndexInput input_of(const std::string& table, const TableOptions& options, Faults& faults) {
  IndexInput input;
  read_survey_table(test::model_from(kModel), &kFacts, "people.csv", table, options, input, faults);
  input.groups = {{"all", "all", {"f", "m"}}};
  return input;
}

TableOptions options_of(const std::string& policy, const std::string& maker) {
  TableOptions options;
  options.year = 2025;
  options.drawn = true;
  options.lonely_policy = policy == "adjust" ? estimate::LonelyPsuPolicy::adjust : estimate::LonelyPsuPolicy::remove;
  if (maker == "logit") options.calibration = {estimate::CalibrationFunction::logit, 0.7, 1.4, 1e-13, 500};
  return options;
}

IndexRun run_of(const std::string& table, const TableOptions& options) {
  Faults faults;
  const IndexInput input = input_of(table, options, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  auto run = compute(test::model_from(kModel), input);
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return *run;
}

const NodeScore& score(const IndexRun& run, const std::string& unit, const std::string& node) {
  REQUIRE(run.find_unit(unit) != nullptr);
  return run.find_unit(unit)->scores[run.find_node(node).value()];
}

}  // namespace

TEST_CASE("two-stage and calibrated tables give the index R's survey gives", "[parity]") {
  const test::CsvTable people("more/more.csv");
  const json expected = json::parse(test::read_file("tests/fixtures/statistics/more/index.json"));
  std::map<std::string, double> worst;
  for (const auto& record : expected["records"]) {
    const std::string stage = record["stage"];
    const std::string maker = record["maker"];
    const std::string policy = record["policy"];
    const std::string unit = record["unit"];
    CAPTURE(stage, maker, policy, unit);
    const IndexRun run = run_of(table_of(people, expected, stage, maker), options_of(policy, maker));
    const auto close = [&](double ours, double theirs, const char* what) {
      INFO(what);
      auto& most = worst[stage + " " + maker];
      most = std::max(most, std::abs(ours / theirs - 1));
      CHECK(ours == Approx(theirs).epsilon(1e-9));
    };
    if (unit == "difference") {
      const auto design = design_of(run);
      REQUIRE(design);
      const auto difference = estimate::difference(linearized(score(run, "f", "root")), linearized(score(run, "m", "root")));
      close(difference.value, record["root"], "difference");
      close(std::sqrt(estimate::variance(*design, difference).value()), record["root_se"], "its error");
      continue;
    }
    for (const auto& [node, name] : {std::pair("y_mean", "y"), std::pair("likert_mean", "likert"), std::pair("root", "root")}) {
      const auto& one = score(run, unit, node).estimate;
      close(one.value, record[name], node);
      REQUIRE(one.standard_error);
      close(*one.standard_error, record[std::string(name) + "_se"], node);
      CHECK(one.degrees_of_freedom == record["degf"].get<double>());
    }
  }
  if (std::getenv("KHAOSAT_PARITY_TABLE") != nullptr)
    for (const auto& [name, difference] : worst) std::cout << "index " << name << ": " << difference << "\n";
}

TEST_CASE("such a run does not depend on the order of rows, survives its file, and says what went in") {
  const test::CsvTable people("more/more.csv");
  const json expected = json::parse(test::read_file("tests/fixtures/statistics/more/index.json"));
  for (const char* maker : {"plain", "post", "greg"}) {
    CAPTURE(maker);
    const auto options = options_of("remove", maker);
    const IndexRun run = run_of(table_of(people, expected, "two", maker), options);
    const IndexRun other = run_of(table_of(people, expected, "two", maker, true), options);
    CHECK(run.input_hash == other.input_hash);
    CHECK(*score(run, "f", "root").estimate.standard_error == Approx(*score(other, "f", "root").estimate.standard_error).epsilon(1e-12));
    const auto again = read_index_run(to_json(run));
    REQUIRE(again);
    const auto& first = score(run, "f", "root");
    CHECK(std::sqrt(estimate::variance(design_of(*again).value(), linearized(score(*again, "f", "root"))).value()) == Approx(*first.estimate.standard_error).epsilon(1e-12));
  }
  const auto options = options_of("remove", "plain");
  CHECK(run_of(table_of(people, expected, "two", "plain"), options).input_hash != run_of(table_of(people, expected, "fpc", "plain"), options).input_hash);
}

TEST_CASE("two years of a two-stage sample are compared place by place, their second stages apart") {
  const test::CsvTable people("more/more.csv");
  const json expected = json::parse(test::read_file("tests/fixtures/statistics/more/index.json"));
  auto options = options_of("remove", "plain");
  const std::string table = table_of(people, expected, "two", "plain");
  const IndexRun before = run_of(table, options);
  options.year = 2026;
  const IndexRun after = run_of(table, options);
  const auto model = test::model_from(kModel);
  const auto change = change::compare_years(model, before, model, after, {});
  REQUIRE(change);
  CHECK(change->places_in_both == change->places_before);
  CHECK(change->places_before == 20);
  const auto& root = change->find_unit("f")->nodes[change->find_node("root").value()];
  CHECK(root.difference.value == 0);
  // The same places with the same answers: what is left is the second stage of both years, once each.
  const auto second_only = [&](const IndexRun& run) {
    auto linear = linearized(score(run, "f", "root"));
    std::erase_if(linear.influence, [&](const auto& entry) { return !is_second_stage(run.psus[entry.psu]); });
    return estimate::variance(design_of(run).value(), linear).value();
  };
  CHECK(*root.difference.standard_error == Approx(std::sqrt(2 * second_only(before))).epsilon(1e-9));
}

TEST_CASE("what such a table lacks or contradicts is refused in words") {
  const test::CsvTable people("more/more.csv");
  const auto refused = [&](const std::string& table, const char* word) {
    Faults faults;
    input_of(table, options_of("remove", "plain"), faults);
    INFO(word << " in: " << to_text(faults));
    REQUIRE_FALSE(faults.empty());
    CHECK(to_text(faults).find(word) != std::string::npos);
  };
  const std::string head = "unit,stratum,psu,weight,y,likert";
  refused(head + ",second_stage_population\nf,s,v1,1,2,3,9\n", "psu_population");
  refused(head + ",psu_population,second_stage_population\nf,s,v1,1,2,3,9,1\nf,s,v1,1,2,3,9,1\n", "");
  refused(head + ",psu_population,second_stage_population\nf,s,v1,1,2,3,9,5\nf,s,v1,1,2,3,9,6\n", "");
  refused(head + ",post_stratum\nf,s,v1,1,2,3,a\n", "post_stratum_population");
  refused(head + ",post_stratum,post_stratum_population\nf,s,v1,1,2,3,a,9\nf,s,v2,1,2,3,a,8\n", "same");
  refused(head + ",post_stratum,post_stratum_population\nf,s,v1,1,2,3,,9\n", "empty");
  refused(head + ",post_stratum,post_stratum_population,margin_a,margin_a_population\nf,s,v1,1,2,3,a,9,b,9\n", "one of these");
  refused(head + ",margin_a,margin_a_population,margin_b,margin_b_population\nf,s,v1,1,2,3,a,9,b,9\nf,s,v2,1,2,3,a,9,c,90\n", "");
  refused(head + ",total_one,total_one_population,total_x,total_x_population\nf,s,v1,1,2,3,1,10,0,-5\nf,s,v2,1,2,3,1,10,1,-5\n", "negative");
  refused(head + ",total_one,total_one_population\nf,s,v1,1,2,3,1,50\nf,s,v2,1,2,3,1,60\n", "every row");
  refused(head + ",calibrated_weight\nf,s,v1,1,2,3,1\n", "before");
  refused(head + ",post_stratum,post_stratum_population\nf,s,v1,0,2,3,a,9\nf,s,v2,1,2,3,b,8\n", "");
}
