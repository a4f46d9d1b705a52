// From a column file to the sums an index is computed from.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/columns/column_reader.h"
#include "analysis/columns/instructions.h"
#include "analysis/sums/sums_table.h"

namespace khaosat::columns {

// One item of an index: a column and what each of its codes counts. Several items may read a column.
struct ScoredColumn {
  std::string item;
  std::size_t column = 0;  // in the file's layout
  // By code, one for each answer of the column; nothing: refused if anybody gave it.
  std::vector<std::optional<sums::Answer>> answers;
  std::vector<sums::Answer> absences;  // by kind, kAbsenceKinds of them
};

struct ScanOptions {
  Instructions instructions = best_instructions();
  unsigned threads = 1;  // 1 to 64; the bits are the same for any number
};

// The sums of every cell over `items`: the same bits as SumsTable::add() gives row by row. Where rows
// carry weights, the same up to one rounding to 2^-60 per cell, item and answer.
// Refuses unknown_option (an answer without a score, a code without a meaning), out_of_range (scores of magnitude
// 2^40 or more with their weight), design_invalid (an item of no column) and file_unreadable.
Result<sums::SumsTable> sums_of(const ColumnFile& file, std::span<const ScoredColumn> items,
                                const ScanOptions& options = {});

// The same for the cells [first, last) alone, in their order; on one thread. `items` checked before.
Result<std::vector<sums::CellSums>> cell_sums(const ColumnFile& file, std::span<const ScoredColumn> items,
                                              Instructions instructions, std::size_t first, std::size_t last);
// The weight of a cell whose rows carry weights.
Result<sums::FixedSum> row_weights(const ColumnFile& file, std::size_t cell);
// Refuses items that do not fit the file, as sums_of() does.
Result<void> check_items(const ColumnFile& file, std::span<const ScoredColumn> items);

// Splits the cells of a file into so many runs of about equal rows: [bound k, bound k + 1).
std::vector<std::size_t> split_cells(const ColumnFile& file, unsigned parts);

}  // namespace khaosat::columns
