// Writes a column file as a stream: rows cell by cell, then the directory. Holds one entry per cell
// in memory, never the rows.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/columns/column_file.h"
#include "base/digest_stream.h"

namespace khaosat::columns {

// Takes the next bytes of the file.
using ByteSink = std::function<Result<void>(std::string_view bytes)>;

// Not thread safe. After a refusal the file is useless and the writer must be dropped.
class ColumnWriter {
 public:
  // Refuses out_of_range: too many columns or answers, weights too fine.
  static Result<ColumnWriter> create(ColumnLayout layout, ByteSink sink);

  // Cells strictly ascending by key. `codes`: row after row, one byte per column; `row_weights`: one
  // per row where the layout says so, else empty. Several calls with the same key extend the cell.
  // Refuses design_invalid (order, lengths), unknown_option (a code without a meaning),
  // weight_invalid, and what the sink refuses.
  Result<void> add(const sums::CellKey& cell, double weight, std::span<const std::uint8_t> codes,
                   std::span<const std::uint32_t> row_weights = {});
  // The directory and the hash. Nothing may be added afterwards.
  Result<void> finish();

  std::uint64_t rows() const { return rows_; }

 private:
  ColumnWriter(ColumnLayout layout, ByteSink sink);
  Result<void> put(std::string_view bytes);
  std::string directory() const;

  ColumnLayout layout_;
  ByteSink sink_;
  DigestStream digest_;
  std::vector<ColumnCell> cells_;
  std::uint64_t rows_ = 0;
  std::uint64_t body_ = 0;
  std::uint64_t slots_ = 0;  // that occur
  std::size_t fewest_answers_ = kAnswerCodes;  // of a column
};

}  // namespace khaosat::columns
