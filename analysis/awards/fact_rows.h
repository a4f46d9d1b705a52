// One row of a facts file, whatever the file's form; for the readers of files and for the register of
// facts, which keeps such rows.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/fact_book.h"

namespace khaosat::awards {

struct FactRowSource {
  // The cell of a column; empty when the column is absent.
  std::function<std::string(std::string_view column)> cell;
  std::function<void(ErrorCode, std::string_view column, std::string message)> fault;
  std::string where;
};

// record decides: subject, fact or register. Complains and adds nothing when the row is unsound.
void add_fact_row(const FactRowSource& row, std::string_view record, FactRows& rows);

// The rows of a facts table as they stand, each with its place ("row 5"); nothing is looked at but the
// shape of the table and the names of its columns.
struct FactCellsRow {
  std::map<std::string, std::string> cells;
  std::string where;
};
std::vector<FactCellsRow> read_cells_csv(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat::awards
