// A table of answers as an answer sheet. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/quality/answer_sheet.h"
#include "base/fault.h"

namespace khaosat::quality {

struct AnswerTableOptions {
  std::string place = "unit";
  std::string group;            // a column; empty: `psu` or `interviewer` if there is one, otherwise the place
  std::vector<std::string> items;     // columns, or "q*" for all that begin so; empty: every column of whole numbers
  std::vector<std::string> reversed;  // likewise: the first option is the good one
  std::string seconds;          // column; empty: `duration_s` or `seconds` if there is one
  // Whole numbers only: the answers of a scale run from 1 to this; 0: from the least to the largest number
  // of all items.
  int scale = 0;
  // "q05=1&q06=5|6": two answers that cannot both be meant.
  std::vector<std::string> contradictions;
};

// Items whose cells are whole numbers are scales; others are options without an order. Empty cells and
// absences ("~dont_know") are no answers. Faults: a column that is not there, no item, no row.
AnswerSheet read_answer_table(const std::string& file, std::string_view text, const AnswerTableOptions& options, Faults& faults);

}  // namespace khaosat::quality
