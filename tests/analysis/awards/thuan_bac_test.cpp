// Thuận Bắc (D1–D12), and the worked example of an increase judged under each reading.
#include <algorithm>
#include <catch2/catch.hpp>

#include "analysis/awards/predicate_functions.h"
#include "base/csv.h"
#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

using enum Verdict;

// A division of the district with one component assigned, and a person; everything in order.
Facts district() {
  Facts facts;
  facts.unit("58", "Tỉnh Ninh Thuận").unit("588", "Huyện Thuận Bắc", "58").collective("phong", "588").person("an", "phong");
  facts.grade("phong", "collective_grade", "2023", "task_completion_4", "hoan_thanh_xuat_sac", "UBND huyện", "2023-11-20");
  facts.grade("phong", "par_grade", "2023", "par_4", "tot", "UBND huyện", "2023-11-20");
  facts.grade("phong", "division_grade", "2023", "ninh_thuan_282_2013", "xuat_sac", "UBND huyện", "2023-11-20");
  facts.truth("phong", "is_district_division", "2023", true);
  facts.event("phong", "reform_task", "2023", {{"due", "2023-10-31"}, {"done", "2023-10-20"}, {"quality", "good"}});
  facts.event("phong", "assigned_component", "2023", {{"criterion", "papi.d2"}});
  facts.number("58", "component_score", "2022", 5.1, "papi.d2", 0, "2023-04-01").number("58", "component_score", "2023", 5.3, "papi.d2", 0, "2023-11-01");
  facts.rank("58", "component_rank", "2022", 20, 61, "các tỉnh", "PAPI", "2023-04-01", "papi.d2");
  facts.rank("58", "component_rank", "2023", 25, 61, "các tỉnh", "PAPI", "2023-11-01", "papi.d2");
  facts.grade("an", "person_grade", "2023", "task_completion_4", "hoan_thanh_xuat_sac", "UBND huyện", "2023-11-20");
  facts.truth("an", "advises_on_reform", "2023", true).truth("an", "ethics_kept", "2023", true);
  facts.event("an", "initiative", "2023-05", {{"spread", "unit"}});
  for (const char* subject : {"phong", "an"}) facts.event(subject, "dossier_received", "2023-11-15");
  facts.complete("assigned_component", "588", "2023", "2023-01-31");
  for (const char* name : {"reform_task", "violation", "initiative"}) facts.complete(name, "588", "2023", "2024-01-10");
  return facts;
}

Decision decide(const Facts& facts, const std::map<std::string, std::string>& readings = {}, int year = 2023, const std::string& date = "2024-01-15") {
  EvaluationContext context;
  context.year = year;
  context.date = date;
  context.ladders = &shipped_ladders();
  static const RuleSet rules = shipped_rules("thuan_bac_2023_07");
  const Readings chosen = choose(readings);
  REQUIRE(to_text(check_readings(rules, chosen)) == "");
  return evaluate(rules, facts.book(), chosen, context);
}

void regrade(Facts& f, const char* name, const char* ladder, const char* grade, const char* subject = "phong") {
  f.without(name).grade(subject, name, "2023", ladder, grade, "UBND huyện", "2023-11-20");
}
void task(Facts& f, std::map<std::string, std::string> details) { f.without("reform_task").event("phong", "reform_task", "2023", std::move(details)); }
void score(Facts& f, double value, const char* date = "2023-11-01") { f.without("component_score").number("58", "component_score", "2022", 5.1, "papi.d2", 0, "2023-04-01").number("58", "component_score", "2023", value, "papi.d2", 0, date); }
// What the system computed from two surveys of the district itself.
void own_runs(Facts& f, double value) {
  f.number("588", "component_score", "2022", 5.1, "papi.d2", 0, "2023-04-01");
  f.last().source = FactSource::computed;
  f.number("588", "component_score", "2023", value, "papi.d2", 0, "2023-11-01");
  f.last().source = FactSource::computed;
}
void violate(Facts& f, const char* subject, std::map<std::string, std::string> details) { f.event(subject, "violation", "2023-06", std::move(details)); }

const std::vector<TruthRow>& table() {
  static const std::vector<TruthRow> rows{
      {"excellent", "D1", "phong", {}, nullptr, pass},
      {"good only", "D1", "phong", {}, [](Facts& f) { regrade(f, "collective_grade", "task_completion_4", "hoan_thanh_tot"); }, fail},
      {"not graded", "D1", "phong", {}, [](Facts& f) { f.without("collective_grade"); }, undetermined},
      {"task good", "D2", "phong", {}, nullptr, pass},
      {"task acceptable", "D2", "phong", {}, [](Facts& f) { task(f, {{"due", "2023-10-31"}, {"done", "2023-10-20"}, {"quality", "acceptable"}}); }, fail},
      {"task acceptable is enough", "D2", "phong", {{"quality_rule", "acceptable"}}, [](Facts& f) { task(f, {{"due", "2023-10-31"}, {"done", "2023-10-20"}, {"quality", "acceptable"}}); }, pass},
      {"task poor", "D2", "phong", {{"quality_rule", "acceptable"}}, [](Facts& f) { task(f, {{"due", "2023-10-31"}, {"done", "2023-10-20"}, {"quality", "poor"}}); }, fail},
      {"register open", "D2", "phong", {{"quality_rule", "acceptable"}}, [](Facts& f) { f.without_register("reform_task"); }, undetermined},
      {"quality not marked", "D2", "phong", {}, [](Facts& f) { task(f, {{"due", "2023-10-31"}, {"done", "2023-10-20"}}); }, undetermined},
      {"Tốt", "D3", "phong", {}, nullptr, pass},
      {"Khá", "D3", "phong", {}, [](Facts& f) { regrade(f, "par_grade", "par_4", "kha"); }, fail},
      {"not graded", "D3", "phong", {}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"Tốt, at least", "D3", "phong", {{"grade_match", "at_least"}}, nullptr, pass},
      {"Khá, at least", "D3", "phong", {{"grade_match", "at_least"}}, [](Facts& f) { regrade(f, "par_grade", "par_4", "kha"); }, fail},
      {"not graded, at least", "D3", "phong", {{"grade_match", "at_least"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"a grade of another ladder", "D3", "phong", {}, [](Facts& f) { regrade(f, "par_grade", "par_commune_5", "tot"); }, undetermined},
      {"lagged: 2022 not graded", "D3", "phong", {{"time_basis", "lagged"}}, nullptr, undetermined},
      {"lagged: 2022 Khá", "D3", "phong", {{"time_basis", "lagged"}}, [](Facts& f) { f.grade("phong", "par_grade", "2022", "par_4", "kha", "UBND huyện", "2023-02-01"); }, fail},
      {"lagged: 2022 Tốt", "D3", "phong", {{"time_basis", "lagged"}}, [](Facts& f) { f.grade("phong", "par_grade", "2022", "par_4", "tot", "UBND huyện", "2023-02-01"); }, pass},
      {"latest: 2022 when 2023 comes too late", "D3", "phong", {{"time_basis", "latest_published"}}, [](Facts& f) { f.without("par_grade").grade("phong", "par_grade", "2022", "par_4", "kha", "UBND huyện", "2023-02-01").grade("phong", "par_grade", "2023", "par_4", "tot", "UBND huyện", "2024-01-05"); }, fail},
      {"latest: 2023 Tốt", "D3", "phong", {{"time_basis", "latest_published"}}, nullptr, pass},
      {"latest: nothing ever published", "D3", "phong", {{"time_basis", "latest_published"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"published after the cut-off", "D3", "phong", {}, [](Facts& f) { f.without("par_grade").grade("phong", "par_grade", "2023", "par_4", "tot", "UBND huyện", "2024-01-05"); }, undetermined},
      {"cut-off moved", "D3", "phong", {{"cutoff_date", "2024-12-31"}}, [](Facts& f) { f.without("par_grade").grade("phong", "par_grade", "2023", "par_4", "tot", "UBND huyện", "2024-01-05"); }, pass},
      {"cut-off moved, Khá", "D3", "phong", {{"cutoff_date", "2024-12-31"}}, [](Facts& f) { f.without("par_grade").grade("phong", "par_grade", "2023", "par_4", "kha", "UBND huyện", "2024-01-05"); }, fail},
      {"cut-off moved, still not published", "D3", "phong", {{"cutoff_date", "2024-12-31"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"division Xuất sắc", "D4", "phong", {}, nullptr, pass},
      {"division Tốt", "D4", "phong", {}, [](Facts& f) { regrade(f, "division_grade", "ninh_thuan_282_2013", "tot"); }, fail},
      {"division not graded", "D4", "phong", {}, [](Facts& f) { f.without("division_grade"); }, undetermined},
      {"no division", "D4", "phong", {}, [](Facts& f) { f.without("division_grade").without("is_district_division").truth("phong", "is_district_division", "2023", false); }, pass},
      {"up", "D5", "phong", {}, nullptr, pass},
      {"down", "D5", "phong", {}, [](Facts& f) { score(f, 5.0); }, fail},
      {"equal", "D5", "phong", {}, [](Facts& f) { score(f, 5.1); }, fail},
      {"not published", "D5", "phong", {}, [](Facts& f) { f.without("component_score"); }, undetermined},
      {"published too late", "D5", "phong", {}, [](Facts& f) { score(f, 5.3, "2024-01-02"); }, undetermined},
      {"up by 0.2, tolerance 0.1", "D5", "phong", {{"increase_tolerance", "0.1"}}, nullptr, pass},
      {"up by 0.2, tolerance 0.2", "D5", "phong", {{"increase_tolerance", "0.2"}}, nullptr, fail},
      {"up by 0.05, tolerance 0.1", "D5", "phong", {{"increase_tolerance", "0.1"}}, [](Facts& f) { score(f, 5.15); }, fail},
      {"not published, tolerance 0.1", "D5", "phong", {{"increase_tolerance", "0.1"}}, [](Facts& f) { f.without("component_score"); }, undetermined},
      {"not published, one decimal", "D5", "phong", {{"increase_rounding", "1"}}, [](Facts& f) { f.without("component_score"); }, undetermined},
      {"measure changed, flag, not published", "D5", "phong", {{"break_policy", "flag"}}, [](Facts& f) { f.event("58", "structure_break", "2023", {{"criterion", "papi.d2"}}).without("component_score"); }, undetermined},
      {"tolerance undecided", "D5", "phong", {{"increase_tolerance", ""}}, nullptr, undetermined},
      {"up by 0.004, stored", "D5", "phong", {}, [](Facts& f) { score(f, 5.104); }, pass},
      {"up by 0.004, two decimals", "D5", "phong", {{"increase_rounding", "2"}}, [](Facts& f) { score(f, 5.104); }, fail},
      {"up by 0.005, two decimals", "D5", "phong", {{"increase_rounding", "2"}}, [](Facts& f) { score(f, 5.105); }, pass},
      {"up by 0.04, one decimal", "D5", "phong", {{"increase_rounding", "1"}}, [](Facts& f) { score(f, 5.14); }, fail},
      {"up by 0.05, one decimal", "D5", "phong", {{"increase_rounding", "1"}}, [](Facts& f) { score(f, 5.15); }, pass},
      {"not published, two decimals", "D5", "phong", {{"increase_rounding", "2"}}, [](Facts& f) { f.without("component_score"); }, undetermined},
      {"rank fell from 20 to 25", "D5", "phong", {{"increase_measure", "rank"}}, nullptr, fail},
      {"rank rose", "D5", "phong", {{"increase_measure", "rank"}}, [](Facts& f) { f.without("component_rank").rank("58", "component_rank", "2022", 20, 61, "các tỉnh", "PAPI", "2023-04-01", "papi.d2").rank("58", "component_rank", "2023", 19, 61, "các tỉnh", "PAPI", "2023-11-01", "papi.d2"); }, pass},
      {"no rank", "D5", "phong", {{"increase_measure", "rank"}}, [](Facts& f) { f.without("component_rank"); }, undetermined},
      {"measure changed, refuse", "D5", "phong", {}, [](Facts& f) { f.event("58", "structure_break", "2023", {{"criterion", "papi.d2"}}); }, undetermined},
      {"measure changed, flag", "D5", "phong", {{"break_policy", "flag"}}, [](Facts& f) { f.event("58", "structure_break", "2023", {{"criterion", "papi.d2"}}); }, pass},
      {"measure changed, flag, down", "D5", "phong", {{"break_policy", "flag"}}, [](Facts& f) { f.event("58", "structure_break", "2023", {{"criterion", "papi.d2"}}); score(f, 5.0); }, fail},
      {"another component's measure changed", "D5", "phong", {}, [](Facts& f) { f.event("58", "structure_break", "2023", {{"criterion", "papi.d1"}}); }, pass},
      {"a second component fell", "D5", "phong", {}, [](Facts& f) { f.event("phong", "assigned_component", "2023", {{"criterion", "papi.d1"}}).number("58", "component_score", "2022", 5, "papi.d1", 0, "2023-04-01").number("58", "component_score", "2023", 4, "papi.d1", 0, "2023-11-01"); }, fail},
      {"nothing assigned, as declared", "D5", "phong", {}, [](Facts& f) { f.without("assigned_component"); }, not_applicable},
      {"assignment not known", "D5", "phong", {}, [](Facts& f) { f.without("assigned_component").without_register("assigned_component"); }, undetermined},
      {"own runs: up", "D5", "phong", {{"score_source", "own_runs"}}, [](Facts& f) { own_runs(f, 5.3); }, pass},
      {"own runs: down, while the published figure is up", "D5", "phong", {{"score_source", "own_runs"}}, [](Facts& f) { own_runs(f, 5.0); }, fail},
      {"own runs: none", "D5", "phong", {{"score_source", "own_runs"}}, nullptr, undetermined},
      {"own runs do not stand in for what was published", "D5", "phong", {}, [](Facts& f) { own_runs(f, 5.3); f.without("component_score", "58"); }, undetermined},
      {"no violation", "D6", "phong", {}, nullptr, pass},
      {"minor violation", "D6", "phong", {}, [](Facts& f) { violate(f, "phong", {{"status", "substantiated"}, {"severity", "minor"}}); }, fail},
      {"minor violation, serious only", "D6", "phong", {{"discipline_severity", "serious"}}, [](Facts& f) { violate(f, "phong", {{"status", "substantiated"}, {"severity", "minor"}}); }, pass},
      {"serious violation, serious only", "D6", "phong", {{"discipline_severity", "serious"}}, [](Facts& f) { violate(f, "phong", {{"status", "substantiated"}, {"severity", "serious"}}); }, fail},
      {"severity not on record", "D6", "phong", {{"discipline_severity", "serious"}}, [](Facts& f) { violate(f, "phong", {{"status", "substantiated"}}); }, undetermined},
      {"register open", "D6", "phong", {}, [](Facts& f) { f.without_register("violation"); }, undetermined},
      {"excellent", "D7", "an", {}, nullptr, pass},
      {"good only", "D7", "an", {}, [](Facts& f) { regrade(f, "person_grade", "task_completion_4", "hoan_thanh_tot", "an"); }, fail},
      {"not graded", "D7", "an", {}, [](Facts& f) { f.without("person_grade"); }, undetermined},
      {"advises", "D8", "an", {}, nullptr, pass},
      {"does not advise", "D8", "an", {}, [](Facts& f) { f.without("advises_on_reform").truth("an", "advises_on_reform", "2023", false); }, fail},
      {"not on record", "D8", "an", {}, [](Facts& f) { f.without("advises_on_reform"); }, undetermined},
      {"conduct good", "D9", "an", {}, nullptr, pass},
      {"conduct not good", "D9", "an", {}, [](Facts& f) { f.without("ethics_kept").truth("an", "ethics_kept", "2023", false); }, fail},
      {"conduct not on record", "D9", "an", {}, [](Facts& f) { f.without("ethics_kept"); }, undetermined},
      {"discipline kept", "D10", "an", {}, nullptr, pass},
      {"violation", "D10", "an", {}, [](Facts& f) { violate(f, "an", {{"status", "substantiated"}}); }, fail},
      {"violation examined", "D10", "an", {}, [](Facts& f) { violate(f, "an", {{"status", "examining"}}); }, undetermined},
      {"initiative in the unit, undecided", "D11", "an", {}, nullptr, undetermined},
      {"initiative beyond, undecided", "D11", "an", {}, [](Facts& f) { f.event("an", "initiative", "2023-05", {{"spread", "beyond"}}); }, pass},
      {"no initiative, undecided", "D11", "an", {}, [](Facts& f) { f.without("initiative"); }, fail},
      {"initiative in the unit is enough", "D11", "an", {{"wide_application", "unit"}}, nullptr, pass},
      {"must go beyond", "D11", "an", {{"wide_application", "beyond"}}, nullptr, fail},
      {"beyond the unit", "D11", "an", {{"wide_application", "beyond"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05", {{"spread", "beyond"}}); }, pass},
      {"must go beyond, spread not on record", "D11", "an", {{"wide_application", "beyond"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05"); }, undetermined},
      {"the unit is needed, the body is not enough", "D11", "an", {{"wide_application", "unit"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05", {{"spread", "body"}}); }, fail},
      {"the unit is needed, spread not on record", "D11", "an", {{"wide_application", "unit"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05"); }, undetermined},
      {"the body is enough", "D11", "an", {{"wide_application", "body"}}, nullptr, pass},
      {"spread not on record", "D11", "an", {{"wide_application", "body"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05"); }, undetermined},
      {"not recognised yet", "D11", "an", {{"wide_application", "body"}}, [](Facts& f) { f.without("initiative").event("an", "initiative", "2023-05", {{"spread", "unit"}, {"status", "rejected"}}); }, fail},
      {"dossier in time", "D12", "an", {}, nullptr, pass},
      {"dossier on 30 November", "D12", "an", {}, [](Facts& f) { f.without("dossier_received", "an").event("an", "dossier_received", "2023-11-30"); f.last().date = "2023-11-20"; }, fail},
      {"no dossier", "D12", "an", {}, [](Facts& f) { f.without("dossier_received", "an"); }, undetermined},
  };
  return rows;
}

// Every province of the published table with its total and six dimensions, ranks by total.
struct Papi {
  struct Row {
    std::string code;
    int year = 0;
    std::map<std::string, double> values;
  };
  std::vector<Row> rows;
};

Papi published() {
  Papi papi;
  Faults faults;
  const std::string text = read_file("tests/published/papi_2011_2013.csv");
  CsvReader reader("papi", text, faults);
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    Papi::Row row{cells[*reader.column("province_code")], static_cast<int>(*integer_from(cells[*reader.column("year")])), {}};
    for (const char* name : {"d1", "d2", "d3", "d4", "d5", "d6", "total"}) row.values[name] = *number_from(cells[*reader.column(name)]);
    papi.rows.push_back(std::move(row));
  }
  REQUIRE(faults.empty());
  REQUIRE(papi.rows.size() == 189);
  return papi;
}

// A division in every province, with the components assigned; the results of a year appear in
// spring of the next (PAPI 2013: 2 April 2014).
Facts provinces(const Papi& papi, const std::vector<std::string>& assigned, const std::string& only = {}) {
  Facts facts;
  for (const auto& row : papi.rows) {
    if (!only.empty() && row.code != only) continue;
    if (row.year == 2011) {
      facts.unit(row.code, "Tỉnh " + row.code).collective("phong_" + row.code, row.code);
      for (const auto& component : assigned) facts.event("phong_" + row.code, "assigned_component", "2013", {{"criterion", component}}).event("phong_" + row.code, "assigned_component", "2012", {{"criterion", component}});
      facts.complete("assigned_component", row.code, "2013", "2013-01-31").complete("assigned_component", row.code, "2012", "2012-01-31");
    }
    const std::string year = std::to_string(row.year);
    const std::string date = std::to_string(row.year + 1) + "-04-02";
    for (const auto& component : assigned) {
      const double value = row.values.at(component);
      facts.number(row.code, "component_score", year, value, component, 0, date);
      const auto above = std::count_if(papi.rows.begin(), papi.rows.end(), [&](const Papi::Row& other) { return other.year == row.year && other.values.at(component) > value; });
      facts.rank(row.code, "component_rank", year, static_cast<int>(above) + 1, 63, "63 tỉnh", "PAPI", date, component);
    }
  }
  return facts;
}

Verdict increase(const Facts& facts, const std::map<std::string, std::string>& readings, int year, const std::string& date, const std::string& code = "58") {
  const Decision decision = decide(facts, readings, year, date);
  return clause_verdict(decision, "khen_tap_the", "phong_" + code, "D5");
}

}  // namespace

TEST_CASE("Thuận Bắc: every clause under each reading") {
  for (const auto& row : table()) {
    Facts facts = district();
    if (row.change) row.change(facts);
    INFO(row.clause + " " + row.what);
    const Decision decision = decide(facts, row.readings);
    INFO(explain(decision, "en"));
    const char* award = row.subject == "an" ? "khen_ca_nhan" : "khen_tap_the";
    CHECK(name_of(clause_verdict(decision, award, row.subject, row.clause)) == name_of(row.clause_verdict));
  }
}

TEST_CASE("Thuận Bắc: no clause and no reading lacks a row that passes, fails or stays open") {
  const auto gaps = gaps_of(shipped_rules("thuan_bac_2023_07"), table());
  CAPTURE(gaps);
  CHECK(gaps.empty());
}

TEST_CASE("the increase of Ninh Thuận's PAPI is judged under each reading") {
  const Papi papi = published();
  const Facts total = provinces(papi, {"total"}, "58");
  const std::string november = "2013-11-20";
  SECTION("latest published pair: falls on stored values, equal at two decimals") {
    CHECK(increase(total, {{"time_basis", "latest_published"}, {"cutoff_date", "2013-11-29"}}, 2013, november) == Verdict::fail);
    CHECK(increase(total, {{"time_basis", "latest_published"}, {"cutoff_date", "2013-11-29"}, {"increase_rounding", "2"}}, 2013, november) == Verdict::fail);
    const Decision rounded = decide(total, {{"time_basis", "latest_published"}, {"cutoff_date", "2013-11-29"}, {"increase_rounding", "2"}}, 2013, november);
    CHECK(explain(rounded, "en").find("34.34 in 2012, 34.34 in 2011; difference 0;") != std::string::npos);
  }
  SECTION("year 2013: rises, but was published in April 2014") {
    CHECK(increase(total, {{"cutoff_date", "2013-11-29"}}, 2013, november) == undetermined);
    CHECK(increase(total, {{"cutoff_date", "2013-11-29"}}, 2013, "2014-06-01") == undetermined);
    CHECK(explain(decide(total, {{"cutoff_date", "2013-11-29"}}, 2013, "2014-06-01"), "vi").find("sau ngày chốt 29/11/2013") != std::string::npos);
    CHECK(increase(total, {{"cutoff_date", "2014-12-31"}}, 2013, "2014-06-01") == pass);
  }
  SECTION("assigned dimensions: 2, 3, 4 rise; 1, 5, 6 fall from 2012 to 2013") {
    for (const auto& [component, verdict] : std::vector<std::pair<std::string, Verdict>>{{"d1", Verdict::fail}, {"d2", pass}, {"d3", pass}, {"d4", pass}, {"d5", Verdict::fail}, {"d6", Verdict::fail}}) {
      INFO(component);
      CHECK(increase(provinces(papi, {component}, "58"), {{"cutoff_date", "2014-12-31"}}, 2013, "2014-06-01") == verdict);
    }
  }
  SECTION("the test of change stands beside the verdict and does not decide it") {
    Facts facts = total;
    facts.number("58", "component_change_p", "2013", 0.41, "total", 0, "2014-05-01");
    facts.last().source = FactSource::computed;
    const Decision decision = decide(facts, {{"cutoff_date", "2014-12-31"}}, 2013, "2014-06-01");
    CHECK(clause_verdict(decision, "khen_tap_the", "phong_58", "D5") == pass);
    CHECK(explain(decision, "en").find("p = 0.41") != std::string::npos);
  }
}

TEST_CASE("of the 42 provinces whose PAPI total rose from 2011 to 2012 ten lost rank") {
  const Papi papi = published();
  const Facts facts = provinces(papi, {"total"});
  const Decision by_score = decide(facts, {{"cutoff_date", "2013-11-29"}}, 2012, "2013-06-01");
  const Decision by_rank = decide(facts, {{"cutoff_date", "2013-11-29"}, {"increase_measure", "rank"}}, 2012, "2013-06-01");
  int rose = 0;
  int lost_rank = 0;
  for (const auto& row : papi.rows) {
    if (row.year != 2012) continue;
    const auto now = papi.rows[static_cast<std::size_t>(&row - papi.rows.data())].values.at("total");
    if (clause_verdict(by_score, "khen_tap_the", "phong_" + row.code, "D5") != pass) continue;
    ++rose;
    const auto place = [&](int year, double value) { return std::count_if(papi.rows.begin(), papi.rows.end(), [&](const Papi::Row& r) { return r.year == year && r.values.at("total") > value; }); };
    const auto before = std::find_if(papi.rows.begin(), papi.rows.end(), [&](const Papi::Row& r) { return r.year == 2011 && r.code == row.code; })->values.at("total");
    if (place(2012, now) > place(2011, before)) {
      ++lost_rank;
      CHECK(clause_verdict(by_rank, "khen_tap_the", "phong_" + row.code, "D5") == Verdict::fail);
    }
  }
  CHECK(rose == 42);
  CHECK(lost_rank == 10);
}

TEST_CASE("rounding is decided on the decimal that people see") {
  CHECK(round_as_printed(34.345, 2) == 34.35);
  CHECK(round_as_printed(34.343526, 2) == 34.34);
  CHECK(round_as_printed(9.995, 2) == 10.0);
  CHECK(round_as_printed(99.5, 0) == 100.0);
  CHECK(round_as_printed(-0.125, 2) == -0.13);
  CHECK(round_as_printed(0.3 - 0.2, 9) == 0.1);
  CHECK(round_as_printed(7, 2) == 7);
}
