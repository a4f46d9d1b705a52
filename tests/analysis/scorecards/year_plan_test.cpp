// The plan of a year: every fault with its sheet, row and column.
#include <catch2/catch.hpp>
#include <functional>

#include "analysis/scorecards/scorecard_json.h"
#include "tests/analysis/scorecards/scorecard_sample.h"

using namespace khaosat;
using namespace khaosat::scorecards;

TEST_CASE("a sound plan has no fault, and survives being written") {
  const auto set = sample_set();
  const YearPlan plan = sample_plan();
  CHECK(to_text(check(plan, *set, "plan")).empty());
  Faults faults;
  const YearPlan again = read_year_plan("plan", to_json(plan), faults);
  CHECK(to_text(faults).empty());
  CHECK(to_json(again) == to_json(plan));
}

TEST_CASE("a faulty plan is refused at its place") {
  struct Row {
    const char* what;
    std::function<void(YearPlan&)> spoil;
    ErrorCode code;
    const char* place;
  };
  const Row rows[] = {
      {"two heads in one period", [](YearPlan& p) { p.assignments.push_back({"f1", "vp", "dung", Duty::head, "2025-06-01", "2025-06-30", ""}); },
       ErrorCode::two_heads, "sheet assignments, row 5, column person"},
      {"assigned to nobody from July on", [](YearPlan& p) { p.assignments[1].to = "2025-06-30"; }, ErrorCode::scorecard_unassigned,
       "sheet assignments, row 5, column item"},
      {"assigned to nobody at all", [](YearPlan& p) { p.assignments.erase(p.assignments.begin() + 1); }, ErrorCode::scorecard_unassigned,
       "sheet assignments, row 4, column item"},
      {"only its own body could appraise", [](YearPlan& p) { p.bodies[0].appraises = true, p.bodies[2].appraises = false; }, ErrorCode::scorecard_own_work,
       "sheet bodies, row 5, column appraises"},
      {"an unknown item", [](YearPlan& p) { p.assignments[0].item = "f9"; }, ErrorCode::not_found, "sheet assignments, row 2, column item"},
      {"an unknown body", [](YearPlan& p) { p.assignments[0].body = "xx"; }, ErrorCode::not_found, "sheet assignments, row 2, column body"},
      {"somebody of another body", [](YearPlan& p) { p.assignments[0].person = "binh"; }, ErrorCode::not_found, "sheet assignments, row 2, column person"},
      {"a day that does not exist", [](YearPlan& p) { p.persons[1].to = "2025-02-29"; }, ErrorCode::wrong_type, "sheet persons, row 3, column to"},
      {"a period that ends before it begins", [](YearPlan& p) { p.persons[1].to = "2024-01-01"; }, ErrorCode::out_of_range, "sheet persons, row 3, column to"},
      {"one account for two people", [](YearPlan& p) { p.persons[3].account = "an"; }, ErrorCode::duplicate_key, "sheet persons, row 5, column account"},
      {"one body twice", [](YearPlan& p) { p.bodies[1].code = "vp"; }, ErrorCode::duplicate_key, "sheet bodies, row 3, column code"},
      {"stages out of order", [](YearPlan& p) { p.windows[3].until = "2025-11-20"; }, ErrorCode::out_of_range, "sheet deadlines, row 5, column until"},
      {"no unit", [](YearPlan& p) { p.unit.clear(); }, ErrorCode::missing_field, "sheet year, row 2, column unit"},
      {"a head who is nobody", [](YearPlan& p) { p.assignments[2].duty = Duty::head; }, ErrorCode::missing_field, "sheet assignments, row 4, column person"},
  };
  for (const auto& row : rows) {
    YearPlan plan = sample_plan();
    row.spoil(plan);
    const Faults faults = check(plan, *sample_set(), "plan");
    INFO(row.what << "\n" << to_text(faults));
    CHECK(std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.code == row.code && fault.place == row.place; }));
  }
}

TEST_CASE("heads one after the other are no two heads") {
  YearPlan plan = sample_plan();
  plan.assignments[0].to = "2025-06-30";
  plan.assignments.push_back({"f1", "vp", "dung", Duty::head, "2025-07-01", "2026-12-31", ""});
  CHECK(to_text(check(plan, *sample_set(), "plan")).empty());
}

TEST_CASE("an item's own assignment counts before that of its field") {
  const auto set = sample_set();
  const YearPlan plan = sample_plan();
  REQUIRE(plan.of(*set, *set->find("notice")).size() == 1);
  CHECK(plan.of(*set, *set->find("notice"))[0]->body == "kt");
  CHECK(plan.of(*set, *set->find("plan"))[0]->body == "vp");
}
