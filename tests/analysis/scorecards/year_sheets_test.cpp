// A year out and in again as tables: nothing typed is lost, and every fault has sheet, row and column.
#include <catch2/catch.hpp>
#include <functional>

#include "analysis/scorecards/year_sheets.h"
#include "tests/analysis/scorecards/scorecard_sample.h"

using namespace khaosat;
using namespace khaosat::scorecards;

namespace {

Ledger some_year() {
  Ledger ledger(sample_set(), sample_plan());
  Event plan = act_of(Act::score_self, "plan", "an", "2025-11-06", 1.5, "");
  plan.evidence = {{"12/KH-UBND, ngày 05/01/2025", std::string(64, 'a')}, {"=HYPERLINK(\"x\")", ""}};
  REQUIRE(ledger.apply(plan));
  Event reports = act_of(Act::score_self, "reports", "an", "2025-11-06", std::nullopt, "-1 báo cáo\nchậm; \"xin lỗi\"");
  reports.numerator = 11, reports.denominator = 12;
  REQUIRE(ledger.apply(reports));
  REQUIRE(ledger.apply(act_of(Act::appraise_first, "plan", "chi", "2025-11-07", 1, "  thiếu phụ lục  ")));
  Event change = act_of(Act::change_plan, "", "van", "2025-11-08");
  YearPlan later = sample_plan();
  later.windows[1].until = "2025-11-21";
  change.plan = std::make_shared<const YearPlan>(later);
  REQUIRE(ledger.apply(change));
  REQUIRE(ledger.apply(act_of(Act::take_survey, "satisfied", "van", "2025-11-09")));
  return ledger;
}

std::vector<Sheet> through_csv(const std::vector<Sheet>& sheets, Faults& faults) {
  std::vector<Sheet> read;
  for (const auto& sheet : sheets) read.push_back(read_sheet_csv(sheet.name, to_csv(sheet), faults));
  return read;
}

std::string& cell(std::vector<Sheet>& sheets, const std::string& name, std::size_t row, const std::string& column) {
  for (auto& sheet : sheets) {
    if (sheet.name != name) continue;
    for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
      if (sheet.columns[i] == column) return sheet.rows[row - 2][i];
    }
  }
  throw std::runtime_error("no such cell");
}

}  // namespace

TEST_CASE("a year written as tables is read back to the same digest") {
  const Ledger ledger = some_year();
  Faults faults;
  const auto again = year_from_sheets(sample_set(), through_csv(to_sheets(ledger), faults), faults);
  INFO(to_text(faults));
  REQUIRE(again);
  CHECK(again->digest() == ledger.digest());
  CHECK(again->events()[0].evidence[1].reference == "=HYPERLINK(\"x\")");
  CHECK(again->events()[1].note == "-1 báo cáo\nchậm; \"xin lỗi\"");
}

TEST_CASE("every kind of fault in a table is told with sheet, row and column") {
  struct Row {
    const char* what;
    std::function<void(std::vector<Sheet>&)> spoil;
    ErrorCode code;
    const char* place;
  };
  const Row rows[] = {
      {"a sheet is missing", [](auto& s) { s.pop_back(); }, ErrorCode::missing_field, "sheet history"},
      {"a column is missing", [](auto& s) { s[2].columns[3] = "acount"; }, ErrorCode::missing_field, "sheet persons, row 1, column account"},
      {"a column too many", [](auto& s) { s[1].columns.push_back("nam"); for (auto& r : s[1].rows) r.push_back(""); }, ErrorCode::unknown_field,
       "sheet bodies, row 1, column nam"},
      {"no year", [](auto& s) { cell(s, "year", 2, "year") = "hai nghìn"; }, ErrorCode::wrong_type, "sheet year, row 2, column year"},
      {"another scorecard", [](auto& s) { cell(s, "year", 2, "scorecard") = "other"; }, ErrorCode::definition_unknown, "sheet year, row 2, column scorecard"},
      {"another version", [](auto& s) { cell(s, "year", 2, "version") = "2"; }, ErrorCode::definition_unknown, "sheet year, row 2, column version"},
      {"neither yes nor no", [](auto& s) { cell(s, "bodies", 4, "appraises") = "maybe"; }, ErrorCode::unknown_option, "sheet bodies, row 4, column appraises"},
      {"a duty that is none", [](auto& s) { cell(s, "assignments", 2, "duty") = "boss"; }, ErrorCode::unknown_option, "sheet assignments, row 2, column duty"},
      {"two heads", [](auto& s) { s[3].rows.push_back({"f1", "vp", "dung", "head", "2025-06-01", "2025-06-30", ""}); }, ErrorCode::two_heads,
       "sheet assignments, row 5, column person"},
      {"assigned to nobody", [](auto& s) { s[3].rows.erase(s[3].rows.begin() + 1); }, ErrorCode::scorecard_unassigned, "sheet assignments, row 4, column item"},
      {"stages in another order", [](auto& s) { std::swap(s[4].rows[0], s[4].rows[1]); }, ErrorCode::unknown_option, "sheet deadlines, row 2, column stage"},
      {"a stage missing", [](auto& s) { s[4].rows.pop_back(); }, ErrorCode::definition_invalid, "sheet deadlines"},
      {"two decimal commas", [](auto& s) { cell(s, "history", 2, "points") = "1,5,0"; }, ErrorCode::wrong_type, "sheet history, row 2, column points"},
      {"above the maximum", [](auto& s) { cell(s, "history", 2, "points") = "2.5"; }, ErrorCode::points_above_maximum, "sheet history, row 2, column points"},
      {"computed points changed", [](auto& s) { cell(s, "history", 3, "points") = "10"; }, ErrorCode::scorecard_computed, "sheet history, row 3, column points"},
      {"an act that is none", [](auto& s) { cell(s, "history", 4, "act") = "praise"; }, ErrorCode::unknown_option, "sheet history, row 4, column act"},
      {"appraised by the unit", [](auto& s) { cell(s, "history", 4, "account") = "an"; }, ErrorCode::scorecard_not_yours, "sheet history, row 4, column account"},
      {"points taken without a reason", [](auto& s) { cell(s, "history", 4, "note") = ""; }, ErrorCode::scorecard_reason_missing, "sheet history, row 4, column note"},
      {"a gap in the numbers", [](auto& s) { s[5].rows.erase(s[5].rows.begin()); }, ErrorCode::constraint_broken, "sheet history, row 2, column number"},
      {"time and day apart", [](auto& s) { cell(s, "history", 2, "day") = "2025-11-07"; }, ErrorCode::constraint_broken, "sheet history, row 2, column day"},
      {"evidence without its digests", [](auto& s) { cell(s, "history", 2, "evidence_digests") = "-"; }, ErrorCode::constraint_broken,
       "sheet history, row 2, column evidence_digests"},
      {"an unknown item", [](auto& s) { cell(s, "history", 2, "item") = "plam"; }, ErrorCode::not_found, "sheet history, row 2, column item"},
      {"a plan that cannot be read", [](auto& s) { cell(s, "history", 5, "plan") = "{"; }, ErrorCode::bad_json, "sheet history, row 5, column plan"},
  };
  for (const auto& row : rows) {
    auto sheets = to_sheets(some_year());
    row.spoil(sheets);
    Faults faults;
    const auto ledger = year_from_sheets(sample_set(), sheets, faults);
    INFO(row.what << "\n" << to_text(faults));
    CHECK_FALSE(ledger);
    CHECK(std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.code == row.code && fault.place == row.place; }));
  }
}

TEST_CASE("text that is no table is refused with the sheet's name") {
  Faults faults;
  (void)read_sheet_csv("history", "number,number\n1,2\n", faults);
  REQUIRE_FALSE(faults.empty());
  CHECK(faults[0].place.starts_with("sheet history, row 1"));
  faults.clear();
  (void)read_sheet_csv("secrets", "a\n1\n", faults);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::unknown_option);
}

TEST_CASE("the sheet of points names what was lost and who answers for it") {
  const Sheet sheet = points_sheet(some_year());
  const auto row = std::find_if(sheet.rows.begin(), sheet.rows.end(), [](const auto& cells) { return cells[0] == "plan"; });
  REQUIRE(row != sheet.rows.end());
  CHECK((*row)[1] == "1.1.1");
  CHECK((*row)[6] == "1");
  CHECK((*row)[7] == "1");
  CHECK((*row)[9] == "Văn phòng");
  CHECK((*row)[10].starts_with("Nguyễn Văn An"));
}
