#include "server/services/scorecards/scorecard_files.h"

#include <algorithm>
#include <set>

#include "base/csv.h"
#include "base/json_text.h"
#include "server/exports/xlsx_book.h"
#include "server/imports/xlsx_sheets.h"

namespace khaosat {

using scorecards::Sheet;

namespace {

constexpr const char* kPointsSheet = "points";
// What a cell of a workbook holds for sure: 32,767 units, and no letter has more of them than bytes.
constexpr std::size_t kCellBytes = 30'000;

bool is_number_column(const std::string& name) {
  static const std::set<std::string> names = {"year", "version", "number", "points", "numerator", "denominator", "value", "maximum", "self", "first", "final", "lost"};
  return names.contains(name);
}

double width_of(const std::string& column) {
  if (column == "title" || column == "name" || column == "bodies" || column == "heads") return 36;
  if (column == "note" || column == "evidence" || column == "document" || column == "plan") return 30;
  return 13;
}

// Cells too long for one go on in "plan (2)", "plan (3)".
std::string continued(const std::string& column, std::size_t piece) { return piece == 0 ? column : column + " (" + std::to_string(piece + 1) + ")"; }

std::vector<std::string_view> pieces_of(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (text.size() > kCellBytes) {
    std::size_t at = kCellBytes;
    // Between two letters, and never where a blank would be lost.
    const auto is_inside = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80; };
    const auto is_blank = [&](std::size_t i) { return static_cast<unsigned char>(text[i]) <= ' '; };
    while (at > 1 && (is_inside(at) || is_blank(at) || is_blank(at - 1))) --at;
    if (at == 1) at = kCellBytes;
    pieces.push_back(text.substr(0, at));
    text.remove_prefix(at);
  }
  pieces.push_back(text);
  return pieces;
}

void write(exports::XlsxBook& book, const Sheet& sheet) {
  std::vector<exports::XlsxBook::Column> columns;
  std::vector<std::size_t> counts;
  for (std::size_t c = 0; c < sheet.columns.size(); ++c) {
    std::size_t count = 1;
    for (const auto& row : sheet.rows) count = std::max(count, pieces_of(row[c]).size());
    counts.push_back(count);
    for (std::size_t piece = 0; piece < count; ++piece) columns.push_back({continued(sheet.columns[c], piece), width_of(sheet.columns[c])});
  }
  book.sheet(sheet.name, columns);
  for (const auto& row : sheet.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto number = is_number_column(sheet.columns[c]) ? number_from(row[c]) : std::nullopt;
      const auto pieces = pieces_of(row[c]);
      for (std::size_t piece = 0; piece < counts[c]; ++piece) {
        if (piece >= pieces.size()) book.empty();
        else if (number && json_number(*number) == row[c]) book.number(*number);
        else book.text(pieces[piece]);
      }
    }
    book.end_row();
  }
}

// Long cells put together again; rows as wide as the headings.
Sheet joined(const imports::WorkbookSheet& from, Faults& faults) {
  Sheet sheet{from.name, {}, {}};
  if (from.rows.empty()) return sheet;
  const auto& headings = from.rows[0];
  std::vector<std::size_t> target;  // column of `sheet` for every column of the file
  for (std::size_t c = 0; c < headings.size(); ++c) {
    const auto bracket = headings[c].rfind(" (");
    const std::string base = bracket == std::string::npos ? headings[c] : headings[c].substr(0, bracket);
    const auto known = std::find(sheet.columns.begin(), sheet.columns.end(), base);
    const bool goes_on = known != sheet.columns.end() && headings[c] != base && headings[c].ends_with(')') &&
                         headings[c].find_first_not_of("0123456789", bracket + 2) == headings[c].size() - 1;
    const bool doubled = std::find(sheet.columns.begin(), sheet.columns.end(), headings[c]) != sheet.columns.end();
    if (doubled || headings[c].empty()) {
      const bool has_cells = std::any_of(from.rows.begin() + 1, from.rows.end(), [&](const auto& row) { return c < row.size() && !row[c].empty(); });
      if (doubled || has_cells) {
        faults.push_back({"", "sheet " + from.name + ", row 1, column " + (doubled ? headings[c] : std::to_string(c + 1)),
                          doubled ? ErrorCode::duplicate_key : ErrorCode::missing_field, doubled ? "the column stands there twice" : "a column without a heading"});
      }
      target.push_back(std::string::npos);
    } else if (goes_on) {
      target.push_back(static_cast<std::size_t>(known - sheet.columns.begin()));
    } else {
      target.push_back(sheet.columns.size());
      sheet.columns.push_back(headings[c]);
    }
  }
  for (std::size_t r = 1; r < from.rows.size(); ++r) {
    std::vector<std::string> row(sheet.columns.size());
    for (std::size_t c = 0; c < from.rows[r].size(); ++c) {
      if (from.rows[r][c].empty()) continue;
      if (c >= target.size()) {
        faults.push_back({"", "sheet " + from.name + ", row " + std::to_string(r + 1) + ", column " + std::to_string(c + 1), ErrorCode::unknown_field, "a cell beside the table"});
      } else if (target[c] != std::string::npos) {
        row[target[c]] += from.rows[r][c];
      }
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

bool is_sheet_of_a_year(const std::string& name) {
  const auto& shapes = scorecards::sheet_shapes();
  return std::any_of(shapes.begin(), shapes.end(), [&](const Sheet& one) { return one.name == name; });
}

void complain_of_name(const std::string& name, Faults& faults) {
  faults.push_back({"", "sheet " + name, ErrorCode::unknown_option, "a year has no sheet of this name"});
}

}  // namespace

Result<std::shared_ptr<const OpenFile>> year_workbook(const scorecards::Ledger& ledger, std::string_view language) {
  return exports::workbook_file([&](exports::XlsxBook& book) {
    for (const auto& sheet : scorecards::to_sheets(ledger)) write(book, sheet);
    write(book, scorecards::points_sheet(ledger, language));
  });
}

Result<std::shared_ptr<const OpenFile>> points_workbook(const scorecards::Ledger& ledger, std::string_view language) {
  return exports::workbook_file([&](exports::XlsxBook& book) { write(book, scorecards::points_sheet(ledger, language, scorecards::WithHeads::no)); });
}

Result<std::shared_ptr<const OpenFile>> blank_workbook(const scorecards::ScorecardSet& set) {
  auto sheets = scorecards::sheet_shapes();
  sheets[0].rows = {{"", "", "", set.identity.id, std::to_string(set.identity.version)}};
  for (const auto& item : set.items) {
    if (item.kind == scorecards::ItemKind::field) sheets[3].rows.push_back({item.id, "", "", "member", "", "", ""});
  }
  for (const auto stage : scorecards::kStages) sheets[4].rows.push_back({std::string(scorecards::name_of(stage)), "", ""});
  return exports::workbook_file([&](exports::XlsxBook& book) {
    for (const auto& sheet : sheets) write(book, sheet);
  });
}

Result<std::vector<Sheet>> sheets_of_workbook(std::string_view bytes, Faults& faults) {
  std::vector<Sheet> sheets;
  for (const auto& one : TRY(imports::read_workbook(bytes, faults))) {
    if (one.name == kPointsSheet) continue;  // for people
    if (!is_sheet_of_a_year(one.name)) complain_of_name(one.name, faults);
    else sheets.push_back(joined(one, faults));
  }
  return sheets;
}

Result<std::vector<Sheet>> sheets_of_files(const std::vector<std::pair<std::string, std::string>>& files, Faults& faults) {
  std::vector<Sheet> sheets;
  for (const auto& [name, bytes] : files) {
    if (bytes.starts_with("PK")) {
      auto found = TRY(sheets_of_workbook(bytes, faults));
      sheets.insert(sheets.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
      continue;
    }
    std::string sheet = name.substr(name.find_last_of("/\\") == std::string::npos ? 0 : name.find_last_of("/\\") + 1);
    if (!sheet.ends_with(".csv")) return fail(ErrorCode::bad_spreadsheet, "neither an xlsx nor a csv file", name);
    sheet.resize(sheet.size() - 4);
    if (sheet == kPointsSheet) continue;
    if (is_sheet_of_a_year(sheet)) sheets.push_back(scorecards::read_sheet_csv(sheet, bytes, faults));
    else complain_of_name(sheet, faults);
  }
  for (std::size_t i = 0; i < sheets.size(); ++i) {
    const auto same = [&](const Sheet& one) { return one.name == sheets[i].name; };
    if (std::any_of(sheets.begin(), sheets.begin() + static_cast<std::ptrdiff_t>(i), same)) {
      faults.push_back({"", "sheet " + sheets[i].name, ErrorCode::duplicate_key, "the sheet is there twice"});
    }
  }
  return sheets;
}

}  // namespace khaosat
