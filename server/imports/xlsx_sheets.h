// An Excel workbook as sheets of text, read as a stranger's bytes. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "server/imports/package_parts.h"

namespace khaosat::imports {

struct WorkbookLimits {
  PackageLimits package;
  std::size_t sheets = 30;
  std::size_t rows = 20'000;     // last row with anything in it
  std::size_t columns = 80;
  std::size_t cells = 400'000;   // of the whole workbook
  std::size_t text_bytes = 24u << 20;  // of all cells; a shared text counts wherever it stands
  std::size_t faults = 200;
};

struct WorkbookSheet {
  std::string name;
  // Cells as text, NFC, without blanks at the ends: numbers as the shortest decimal ("2.5", "1736226000"),
  // days as "2025-01-31", booleans "yes" and "no". Rows up to the last one with anything in it; each as long
  // as its last cell.
  std::vector<std::vector<std::string>> rows;
};

// bad_spreadsheet when it cannot be read or passes a limit. What is wrong with single cells goes into `faults`,
// "sheet persons, row 3, column from": formulas, errors of a calculation, a time where a day should stand.
Result<std::vector<WorkbookSheet>> read_workbook(std::string_view bytes, Faults& faults, const WorkbookLimits& limits = {});

}  // namespace khaosat::imports
