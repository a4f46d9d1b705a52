// A year's sheets as files of other people's programs, and back. What is written is read back to the same
// digest. Pure but for a scratch file; thread safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/scorecards/year_sheets.h"
#include "base/open_file.h"

namespace khaosat {

// The whole year as an Excel workbook, with a sheet of points for people last.
Result<std::shared_ptr<const OpenFile>> year_workbook(const scorecards::Ledger& ledger, std::string_view language);
// The points alone, without anybody's name.
Result<std::shared_ptr<const OpenFile>> points_workbook(const scorecards::Ledger& ledger, std::string_view language);
// An empty year of a set, to be filled in: a line per field, four stages.
Result<std::shared_ptr<const OpenFile>> blank_workbook(const scorecards::ScorecardSet& set);

// Sheets of a workbook. bad_spreadsheet when it cannot be read at all; faults name sheet, row, column: formulas,
// sheets and columns that a year does not have.
Result<std::vector<scorecards::Sheet>> sheets_of_workbook(std::string_view bytes, Faults& faults);
// Sheets of files "persons.csv", … by name and content. A workbook among them stands for itself.
Result<std::vector<scorecards::Sheet>> sheets_of_files(const std::vector<std::pair<std::string, std::string>>& files, Faults& faults);

}  // namespace khaosat
