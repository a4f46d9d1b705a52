// The sums of a survey as whoever computes from them reads them: cell by cell of a unit, item by item,
// wherever they come from: kept in a table, or made from a column file while they are read, so that
// the sums of everything never lie in memory at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "analysis/sums/sums_table.h"
#include "base/bytes.h"
#include "base/result.h"

namespace khaosat::sums {

// A cell without its items.
struct CellTotal {
  CellKey key;
  std::uint64_t respondents = 0;
  double weight = 0;  // of all respondents

  bool operator==(const CellTotal&) const = default;
};

// One item over a run of cells. `lowest` and `highest` as in ItemCell.
struct ItemTotal {
  std::uint64_t n_answered = 0;
  double lowest = 0;
  double highest = 0;
  AbsenceCounts absent;

  bool operator==(const ItemTotal&) const = default;
};

// A run of cells side by side: item k of the c-th cell stands at k * cells + c.
struct CellBlock {
  std::size_t cells = 0;
  std::vector<std::uint32_t> answered;
  std::vector<double> weight;          // over those who answered
  std::vector<double> weighted_score;  // of weight times score
  std::vector<ItemTotal> totals;       // by item

  // Everything zero, for so many.
  void clear(std::size_t cell_count, std::size_t item_count);
  bool operator==(const CellBlock&) const = default;
};

class SurveySums {
 public:
  // One thread's way of reading.
  class Reader {
   public:
    virtual ~Reader() = default;
    // The cells [first, last) of cells(). Errors are those of the source.
    virtual Result<void> read(std::size_t first, std::size_t last, CellBlock& into) = 0;
    // One cell with its sums unrounded, for adding cells up.
    virtual Result<CellSums> exact(std::size_t cell) = 0;
  };

  virtual ~SurveySums() = default;
  virtual const std::vector<std::string>& items() const = 0;
  virtual const std::vector<CellTotal>& cells() const = 0;  // ascending by key
  // Safe from any thread; readers live no longer than this.
  virtual std::unique_ptr<Reader> reader() const = 0;
};

// Over a table, which must outlive it.
class TableSums final : public SurveySums {
 public:
  explicit TableSums(const SumsTable& table);
  const std::vector<std::string>& items() const override { return table_.items(); }
  const std::vector<CellTotal>& cells() const override { return cells_; }
  std::unique_ptr<Reader> reader() const override;

 private:
  class TableReader;
  const SumsTable& table_;
  std::vector<CellTotal> cells_;
  std::vector<const CellSums*> sums_;
};

// The bits of a table and of a column file over the same answers are the same, so their digests are.
Digest digest_of(std::span<const CellTotal> cells, const CellBlock& block);
// Hexadecimal SHA-256 of everything: from the digests of the units' cells, in the order of cells().
std::string digest_of(const std::vector<std::string>& items, std::span<const Digest> units);

// Where the cells of each unit end: [0, first end), [first end, second end) …
std::vector<std::size_t> unit_ends(std::span<const CellTotal> cells);

}  // namespace khaosat::sums
