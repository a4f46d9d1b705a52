// One row of a facts file, whatever the file's form. Internal to the readers of facts.
#pragma once

#include <functional>
#include <string>
#include <string_view>

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

}  // namespace khaosat::awards
