// A year through Excel workbooks: the same digest out and in, and every kind of fault with its sheet, row and column.
#include "server/services/scorecards/scorecard_files.h"

#include <catch2/catch.hpp>
#include <functional>

#include "server/exports/xlsx_book.h"
#include "server/imports/xlsx_sheets.h"
#include "tests/analysis/scorecards/scorecard_sample.h"
#include "tests/support/answer_body.h"

using namespace khaosat;
using namespace khaosat::scorecards;

namespace {

// A year with what tables stumble over: long texts, line ends, formulas, quotes, escapes, a changed plan.
Ledger some_year() {
  Ledger ledger(sample_set(), sample_plan());
  Event plan = act_of(Act::score_self, "plan", "an", "2025-11-06", 1.5, "");
  plan.evidence = {{"12/KH-UBND, ngày 05/01/2025", std::string(64, 'a')}, {"=HYPERLINK(\"x\")", ""}, {"_x000D_ <b>&amp;", ""}};
  REQUIRE(ledger.apply(plan));
  Event reports = act_of(Act::score_self, "reports", "an", "2025-11-06", std::nullopt, "-1 báo cáo\nchậm; \"xin lỗi\"");
  reports.numerator = 11, reports.denominator = 12;
  REQUIRE(ledger.apply(reports));
  std::string long_note;
  while (long_note.size() < 100'000) long_note += "Ủy ban đề nghị giải trình từng mục. ";
  REQUIRE(ledger.apply(act_of(Act::appraise_first, "plan", "chi", "2025-11-07", 1, long_note)));
  Event change = act_of(Act::change_plan, "", "van", "2025-11-08");
  YearPlan later = sample_plan();
  for (int i = 0; i < 400; ++i) later.persons.push_back({"nguoi" + std::to_string(i), "Người số " + std::to_string(i), "vp", "", "2025-01-01", "2026-12-31"});
  change.plan = std::make_shared<const YearPlan>(later);
  REQUIRE(ledger.apply(change));
  REQUIRE(ledger.apply(act_of(Act::take_survey, "satisfied", "van", "2025-11-09")));
  return ledger;
}

std::string written(const std::vector<Sheet>& sheets) {
  const auto bytes = exports::workbook_file([&](exports::XlsxBook& book) {
    for (const auto& sheet : sheets) {
      std::vector<exports::XlsxBook::Column> columns;
      for (const auto& name : sheet.columns) columns.push_back({name, 12});
      book.sheet(sheet.name, columns);
      for (const auto& row : sheet.rows) {
        for (const auto& one : row) book.text(one);
        book.end_row();
      }
    }
  });
  REQUIRE(bytes);
  return bytes_of(**bytes);
}

Sheet& sheet_of(std::vector<Sheet>& sheets, const std::string& name) {
  for (auto& sheet : sheets) {
    if (sheet.name == name) return sheet;
  }
  throw std::runtime_error("no such sheet");
}

std::string& cell(std::vector<Sheet>& sheets, const std::string& name, std::size_t row, const std::string& column) {
  Sheet& sheet = sheet_of(sheets, name);
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    if (sheet.columns[i] == column) return sheet.rows[row - 2][i];
  }
  throw std::runtime_error("no such cell");
}

}  // namespace

TEST_CASE("a year written as a workbook is read back to the same digest and written to the same sheets") {
  const Ledger ledger = some_year();
  const auto bytes = year_workbook(ledger, "vi");
  REQUIRE(bytes);
  Faults faults;
  const auto sheets = sheets_of_workbook(bytes_of(**bytes), faults);
  REQUIRE(sheets);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  const auto again = year_from_sheets(sample_set(), *sheets, faults);
  INFO(to_text(faults));
  REQUIRE(again);
  CHECK(again->digest() == ledger.digest());
  CHECK(again->events()[0].evidence == ledger.events()[0].evidence);
  const auto before = to_sheets(ledger);
  const auto after = to_sheets(*again);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(before[i].rows == after[i].rows);
}

TEST_CASE("every kind of fault in a workbook is told with sheet, row and column") {
  struct Case {
    const char* what;
    std::function<void(std::vector<Sheet>&)> spoil;
    const char* place;
    ErrorCode code;
  };
  using Sheets = std::vector<Sheet>&;
  const std::vector<Case> cases = {
      {"a missing sheet", [](Sheets s) { s.erase(s.begin() + 1); }, "sheet bodies", ErrorCode::missing_field},
      {"a sheet of another name", [](Sheets s) { s[1].name = "Sheet2"; }, "sheet Sheet2", ErrorCode::unknown_option},
      {"a sheet twice by another spelling", [](Sheets s) { s[1].name = "Bodies "; }, "sheet Bodies", ErrorCode::unknown_option},
      {"a missing column", [](Sheets s) { s[2].columns[2] = ""; for (auto& row : s[2].rows) row[2] = ""; }, "sheet persons, row 1, column body", ErrorCode::missing_field},
      {"a column without a heading", [](Sheets s) { s[2].columns[3] = ""; }, "sheet persons, row 1, column 4", ErrorCode::missing_field},
      {"a column twice", [](Sheets s) { s[2].columns[3] = "name"; }, "sheet persons, row 1, column name", ErrorCode::duplicate_key},
      {"a cell beside the table", [](Sheets s) { s[1].rows[0].push_back("ghi chú"); }, "sheet bodies, row 2, column 4", ErrorCode::unknown_field},
      {"a misspelt column", [](Sheets s) { s[1].columns[2] = "appraise"; }, "sheet bodies, row 1, column appraises", ErrorCode::missing_field},
      {"no number", [](Sheets s) { cell(s, "year", 2, "year") = "hai nghìn"; }, "sheet year, row 2, column year", ErrorCode::wrong_type},
      {"another set", [](Sheets s) { cell(s, "year", 2, "scorecard") = "khac"; }, "sheet year, row 2, column scorecard", ErrorCode::definition_unknown},
      {"another version", [](Sheets s) { cell(s, "year", 2, "version") = "9"; }, "sheet year, row 2, column version", ErrorCode::definition_unknown},
      {"a day that does not exist", [](Sheets s) { cell(s, "persons", 3, "from") = "2025-02-30"; }, "sheet persons, row 3, column from", ErrorCode::wrong_type},
      {"an unknown body", [](Sheets s) { cell(s, "persons", 4, "body") = "xx"; }, "sheet persons, row 4, column body", ErrorCode::not_found},
      {"a code twice", [](Sheets s) { cell(s, "bodies", 3, "code") = "vp"; }, "sheet bodies, row 3, column code", ErrorCode::duplicate_key},
      {"neither yes nor no", [](Sheets s) { cell(s, "bodies", 2, "appraises") = "có lẽ"; }, "sheet bodies, row 2, column appraises", ErrorCode::unknown_option},
      {"two heads", [](Sheets s) { sheet_of(s, "assignments").rows.push_back({"f1", "kt", "binh", "head", "2025-06-01", "2025-06-30", ""}); },
       "sheet assignments, row 5, column person", ErrorCode::two_heads},
      {"nobody for it", [](Sheets s) { cell(s, "assignments", 3, "from") = "2025-02-01"; }, "sheet assignments, row 5, column item", ErrorCode::scorecard_unassigned},
      {"only its own body to appraise", [](Sheets s) { cell(s, "bodies", 4, "appraises") = "no"; }, "sheet bodies, row 5, column appraises", ErrorCode::scorecard_own_work},
      {"a stage in the wrong place", [](Sheets s) { std::swap(s[4].rows[0], s[4].rows[1]); }, "sheet deadlines, row 2, column stage", ErrorCode::unknown_option},
      {"a stage that ends early", [](Sheets s) { cell(s, "deadlines", 3, "until") = "2025-11-06"; }, "sheet deadlines, row 3, column until", ErrorCode::out_of_range},
      {"points above the maximum", [](Sheets s) { cell(s, "history", 2, "points") = "2.5"; }, "sheet history, row 2, column points", ErrorCode::points_above_maximum},
      {"points with words", [](Sheets s) { cell(s, "history", 2, "points") = "2 điểm"; }, "sheet history, row 2, column points", ErrorCode::wrong_type},
      {"points typed for counts", [](Sheets s) { cell(s, "history", 3, "points") = "9"; }, "sheet history, row 3, column points", ErrorCode::scorecard_computed},
      {"own work", [](Sheets s) { cell(s, "history", 4, "account") = "an"; }, "sheet history, row 4, column account", ErrorCode::scorecard_not_yours},
      {"no reason", [](Sheets s) { cell(s, "history", 4, "note") = ""; }, "sheet history, row 4, column note", ErrorCode::scorecard_reason_missing},
      {"a gap", [](Sheets s) { cell(s, "history", 4, "number") = "7"; }, "sheet history, row 4, column number", ErrorCode::constraint_broken},
      {"a day beside its time", [](Sheets s) { cell(s, "history", 2, "day") = "2025-11-07"; }, "sheet history, row 2, column day", ErrorCode::constraint_broken},
      {"an unknown act", [](Sheets s) { cell(s, "history", 2, "act") = "xoa"; }, "sheet history, row 2, column act", ErrorCode::unknown_option},
      {"no evidence", [](Sheets s) { cell(s, "history", 2, "evidence") = "", cell(s, "history", 2, "evidence_digests") = ""; }, "sheet history, row 2, column evidence", ErrorCode::scorecard_evidence_missing}};
  // Without the long texts, so that every column stands alone.
  Ledger ledger(sample_set(), sample_plan());
  const Ledger whole = some_year();
  for (const auto& event : whole.events()) {
    if (event.act == Act::change_plan) continue;
    Event shorter = event;
    if (shorter.note.size() > 1000) shorter.note = "thiếu phụ lục";
    REQUIRE(ledger.apply(shorter));
  }
  for (const auto& one : cases) {
    INFO(one.what);
    auto sheets = to_sheets(ledger);
    one.spoil(sheets);
    Faults faults;
    const auto read = sheets_of_workbook(written(sheets), faults);
    REQUIRE(read);
    if (faults.empty()) CHECK_FALSE(year_from_sheets(sample_set(), *read, faults));
    REQUIRE_FALSE(faults.empty());
    INFO(to_text(faults));
    CHECK(faults.front().place == one.place);
    CHECK(faults.front().code == one.code);
  }
}

TEST_CASE("tables go by the names of their files, a workbook by its sheets") {
  const Ledger ledger = some_year();
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& sheet : to_sheets(ledger)) files.emplace_back("C:\\bảng\\" + sheet.name + ".csv", to_csv(sheet));
  files.emplace_back("points.csv", "only,for,people\n");
  Faults faults;
  const auto sheets = sheets_of_files(files, faults);
  REQUIRE(sheets);
  const auto again = year_from_sheets(sample_set(), *sheets, faults);
  INFO(to_text(faults));
  REQUIRE(again);
  CHECK(again->digest() == ledger.digest());
  CHECK(sheets_of_files({{"year.doc", "x"}}, faults).error().code == ErrorCode::bad_spreadsheet);
  CHECK(sheets_of_files({{"year.xlsx", "PK\x03\x04 no"}}, faults).error().code == ErrorCode::bad_spreadsheet);
  CHECK(faults.empty());
  REQUIRE(sheets_of_files({{"khac.csv", "a\n"}, files[0], files[0]}, faults));
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].place == "sheet khac");
  CHECK(faults[1].code == ErrorCode::duplicate_key);
}

TEST_CASE("a blank workbook holds a line per field and asks for the rest") {
  const auto bytes = blank_workbook(*sample_set());
  REQUIRE(bytes);
  Faults faults;
  auto sheets = sheets_of_workbook(bytes_of(**bytes), faults);
  REQUIRE(sheets);
  CHECK(faults.empty());
  CHECK(cell(*sheets, "assignments", 3, "item") == "f2");
  CHECK(cell(*sheets, "deadlines", 5, "stage") == "second_appraisal");
  CHECK_FALSE(year_from_sheets(sample_set(), *sheets, faults));
}
