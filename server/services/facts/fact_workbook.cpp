#include "server/services/facts/fact_workbook.h"

#include <algorithm>

#include "analysis/awards/facts_table.h"
#include "base/csv.h"
#include "base/text.h"
#include "server/imports/xlsx_sheets.h"

namespace khaosat {

bool is_workbook(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

std::string FactSheet::place_in_workbook(const std::string& place) const {
  const auto at = place.find("row ");
  if (at == std::string::npos) return "sheet " + name + (place.empty() ? "" : ", " + place);
  const auto digits = place.find_first_not_of("0123456789", at + 4);
  const auto row = integer_from(std::string_view(place).substr(at + 4, (digits == std::string::npos ? place.size() : digits) - at - 4));
  const bool known = row && *row >= 1 && static_cast<std::size_t>(*row) <= rows.size();
  const std::size_t there = known ? rows[static_cast<std::size_t>(*row) - 1] : 0;
  return "sheet " + name + ", row " + (known ? std::to_string(there) : "?") + (digits == std::string::npos ? "" : place.substr(digits));
}

Result<FactSheet> fact_sheet_of(std::string_view bytes, Faults& faults) {
  const auto sheets = TRY(imports::read_workbook(bytes, faults));
  for (const auto& sheet : sheets) {
    // A title may stand above the table.
    for (std::size_t top = 0; top < std::min<std::size_t>(sheet.rows.size(), 10); ++top) {
      const auto& headings = sheet.rows[top];
      const auto has = [&](const char* name) { return std::find(headings.begin(), headings.end(), name) != headings.end(); };
      if (!has("record") || !has("subject")) continue;
      FactSheet found{sheet.name, "", {}};
      CsvWriter writer(std::vector<std::string>(headings.begin(), std::find(headings.begin(), headings.end(), std::string())));
      const std::size_t width = static_cast<std::size_t>(std::find(headings.begin(), headings.end(), std::string()) - headings.begin());
      found.rows.push_back(top + 1);
      for (std::size_t r = top + 1; r < sheet.rows.size(); ++r) {
        const auto& cells = sheet.rows[r];
        if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); })) continue;
        for (std::size_t c = width; c < cells.size(); ++c) {
          if (!cells[c].empty()) faults.push_back({"", "sheet " + sheet.name + ", row " + std::to_string(r + 1) + ", column " + std::to_string(c + 1), ErrorCode::unknown_field, "a cell beside the table"});
        }
        for (std::size_t c = 0; c < width; ++c) {
          if (c < cells.size()) writer.text(cells[c]);
          else writer.empty();
        }
        writer.end_row();
        found.rows.push_back(r + 1);
      }
      found.csv = writer.str();
      return found;
    }
  }
  return fail(ErrorCode::missing_field, "no sheet has the columns record and subject");
}

}  // namespace khaosat
