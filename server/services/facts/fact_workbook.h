// A table of facts out of an Excel workbook, whoever's program wrote it. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"

namespace khaosat {

// The first sheet that has the columns `record` and `subject`, as the CSV that the register reads.
struct FactSheet {
  std::string name;
  std::string csv;
  std::vector<std::size_t> rows;  // row of the sheet for every row of the CSV, both from 1; the headings first

  // "table row 3, column value" of the CSV as the place in the workbook: "sheet Facts, row 5, column value".
  std::string place_in_workbook(const std::string& place) const;
};

bool is_workbook(std::string_view bytes);
// bad_spreadsheet when it cannot be read, missing_field when no sheet has the columns. Faults name sheet, row and
// column: formulas, merged cells, what stands beside the table.
Result<FactSheet> fact_sheet_of(std::string_view bytes, Faults& faults);

}  // namespace khaosat
