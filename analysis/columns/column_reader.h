// Reads a column file that anybody may have written: wrong bytes are refused, never followed.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "analysis/columns/column_file.h"
#include "base/byte_source.h"

namespace khaosat::columns {

// One piece of one cell: at most kRowsInPiece rows. At least 64 bytes after the codes may be read.
struct Piece {
  std::size_t cell = 0;
  std::size_t rows = 0;
  const std::uint8_t* codes = nullptr;    // rows x columns
  const std::uint8_t* weights = nullptr;  // rows x 4 bytes, low first; null: none
};

// Immutable; copies share the source. Safe from any thread.
class ColumnFile {
 public:
  // Reads trailer and directory, not the rows. Refuses file_unreadable: no column file, another
  // version, damaged, cut short. Codes are not looked at here; counting refuses meaningless ones.
  static Result<ColumnFile> open(std::shared_ptr<const ByteSource> source);

  const ColumnLayout& layout() const { return layout_; }
  const std::vector<ColumnCell>& cells() const { return cells_; }  // ascending by key
  std::uint64_t rows() const { return rows_; }
  // Slots that occur, one bit each, as the writer found them. A file may lie: what counting does not
  // find in these slots it refuses.
  std::uint64_t slots() const { return slots_; }
  // Where the rows of cells()[cell] begin; cell == cells().size(): where the rows end.
  std::uint64_t offset_of(std::size_t cell) const { return offsets_[cell]; }
  // The hash kept in the file.
  const Digest& digest() const { return digest_; }
  // Reads everything and compares with the hash; file_unreadable when it differs.
  Result<void> verify() const;

  // Calls `visit(piece)` for the pieces of cells [first, last) in order; visit returns Result<void>.
  // Reads ahead in blocks of about 256 KB, or in place where the source lies in memory.
  template <typename Visit>
  Result<void> each_piece(std::size_t first, std::size_t last, Visit visit) const;

 private:
  ColumnFile() = default;
  Result<void> read_directory(Bytes bytes, std::size_t columns, std::size_t cells);

  std::shared_ptr<const ByteSource> source_;
  ColumnLayout layout_;
  std::vector<ColumnCell> cells_;
  std::vector<std::uint64_t> offsets_;
  std::uint64_t rows_ = 0;
  std::uint64_t slots_ = 0;
  Digest digest_{};
};

// The bytes of a range of a source, block by block, or where they lie. Internal to each_piece.
class Window {
 public:
  static constexpr std::size_t kBlock = 256 * 1024;
  static constexpr std::size_t kSlack = 64;

  Window(const ByteSource& source, std::uint64_t end) : source_(source), end_(end) {
    if (const auto all = source.in_memory()) memory_ = all->data();
  }
  // `count` bytes at `offset`, all before the end; offsets must not go back.
  Result<const std::uint8_t*> at(std::uint64_t offset, std::size_t count) {
    if (memory_ != nullptr) return memory_ + offset;
    if (offset < start_ || offset + count > start_ + filled_) {
      filled_ = static_cast<std::size_t>(std::min<std::uint64_t>(std::max(kBlock, count), end_ - offset));
      if (block_.size() < filled_ + kSlack) block_.resize(filled_ + kSlack);
      start_ = offset;
      TRY_VOID(source_.read_at(offset, {block_.data(), filled_}));
    }
    return block_.data() + (offset - start_);
  }

 private:
  const ByteSource& source_;
  std::uint64_t end_;
  const std::uint8_t* memory_ = nullptr;
  std::vector<std::uint8_t> block_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
};

std::size_t rows_in_piece();

template <typename Visit>
Result<void> ColumnFile::each_piece(std::size_t first, std::size_t last, Visit visit) const {
  const std::size_t most = rows_in_piece();
  const std::size_t width = layout_.columns.size();
  const std::size_t row_bytes = layout_.row_bytes();
  Window window(*source_, offsets_[last]);
  // By offsets: the cells themselves, with their names, would be as much to read as the rows of some.
  for (std::size_t cell = first; cell < last; ++cell) {
    std::uint64_t offset = offsets_[cell];
    for (std::uint64_t left = (offsets_[cell + 1] - offset) / row_bytes; left > 0;) {
      const std::size_t rows = left < most ? static_cast<std::size_t>(left) : most;
      const std::uint8_t* bytes = TRY(window.at(offset, rows * row_bytes));
      TRY_VOID(visit(Piece{cell, rows, bytes, layout_.row_weights ? bytes + rows * width : nullptr}));
      offset += rows * row_bytes;
      left -= rows;
    }
  }
  return {};
}

}  // namespace khaosat::columns
