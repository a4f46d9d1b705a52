// The sums of a column file for whoever reads them unit by unit: made while they are read, by the
// kernels, and never kept.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/sums/survey_sums.h"

namespace khaosat::columns {

// The bits are those of sums_of() over the same file and items.
class ColumnSums final : public sums::SurveySums {
 public:
  // Refuses what sums_of() refuses of items. What is wrong with answers shows when they are read:
  // unknown_option, out_of_range, file_unreadable.
  static Result<std::shared_ptr<const ColumnSums>> create(ColumnFile file, std::vector<ScoredColumn> items,
                                                          Instructions instructions = best_instructions());

  const std::vector<std::string>& items() const override { return names_; }
  const std::vector<sums::CellTotal>& cells() const override { return cells_; }
  std::unique_ptr<Reader> reader() const override;

 private:
  class ColumnReader;
  ColumnSums(ColumnFile file, std::vector<ScoredColumn> items, Instructions instructions);

  ColumnFile file_;
  std::vector<ScoredColumn> items_;
  Instructions instructions_;
  std::vector<std::string> names_;
  std::vector<sums::CellTotal> cells_;
  std::vector<double> weights_;  // of the respondents of each cell
};

}  // namespace khaosat::columns
