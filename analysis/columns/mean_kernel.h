// What means and their errors need of one cell and of one unit, for eight columns at a time. Kernels
// are compiled once for each kind of processor and chosen at run time; all give the same bits, as
// every column is computed as if it were alone. Internal to unit_means.cpp. Includes nothing that
// brings code along: what a kernel's file is compiled to may run on its processor only.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/columns/instructions.h"
#include "analysis/estimate/stratum_term.h"

namespace khaosat::columns {

inline constexpr std::size_t kBlockColumns = 8;

// What the slots of a CountPlan count for the items that read its columns, one item a column.
// Tables are slots x stride, aligned to 64 bytes.
struct ScoreTables {
  std::size_t stride = 0;                 // columns rounded up to 64
  std::size_t slots = 0;
  std::size_t first_scored = 0;           // slots before it have no score for anybody
  const std::uint8_t* scored = nullptr;   // 0xff: this answer has a score
  const std::uint8_t* refused = nullptr;  // 0xff: nobody may have given it; null: no such answers
  // Scores in units of `unit`, between -127 and 127; null: `scores` holds them instead.
  const std::int16_t* whole = nullptr;
  const double* scores = nullptr;
  double unit = 1;
  const std::uint8_t* column = nullptr;   // stride: 0xff where there is a column
};

// Sums of the PSUs of one unit: for each block of eight columns and each row (a PSU) eight sums of
// answers and eight of scores.
struct UnitSums {
  double* sums = nullptr;
  std::size_t rows = 0;
  double* answered(std::size_t block, std::size_t row) const { return sums + (block * rows + row) * 2 * kBlockColumns; }
  double* scored(std::size_t block, std::size_t row) const { return answered(block, row) + kBlockColumns; }
};

// The other way, for scores at even steps (1 to 5, 5 to 1, 0 and 1): how many answered, and what the positions of
// their answers in the list add up to, is all a mean needs, and costs less than half of counting every answer.
// Tables of kPositionSlots places, by slot; or `stride` long, by column.
inline constexpr std::size_t kPositionSlots = 16;
struct EvenScores {
  std::size_t columns = 0;
  std::size_t stride = 0;        // columns rounded up to 64
  std::size_t rows_at_once = 0;  // so many positions fit a byte
  std::uint8_t to_slot = 0;      // from a code
  const std::uint8_t* answered = nullptr;   // 1: an answer, 0: an absence, 255: not in this file
  const std::uint8_t* positions = nullptr;  // 0 for the first answer
  const std::uint8_t* highest = nullptr;    // the highest slot anybody may have
  const std::uint8_t* column = nullptr;     // 0xff where there is a column
  const std::int16_t* first = nullptr;      // score of the first answer, in units
  const std::int16_t* step = nullptr;       // from one to the next
};

// UnitSums of cells small enough for sixteen bits, scores in units.
struct SmallSums {
  std::int16_t* sums = nullptr;
  std::size_t rows = 0;
  double unit = 1;          // a power of two
  double* room = nullptr;   // rows x 2 x kBlockColumns, for the estimator
  std::int16_t* answered(std::size_t block, std::size_t row) const { return sums + (block * rows + row) * 2 * kBlockColumns; }
  std::int16_t* scored(std::size_t block, std::size_t row) const { return answered(block, row) + kBlockColumns; }
};

enum FillFlags : unsigned { kFilled = 0, kUncounted = 1, kRefusedAnswer = 2 };

// A stratum of a unit: rows [first, last) of UnitSums.
struct UnitStratum {
  std::size_t first = 0;
  std::size_t last = 0;
  estimate::StratumRule rule;  // complete, around_mean or around_zero
};

// Pointers to eight numbers each.
struct UnitResult {
  double* answers = nullptr;      // respondents with a score
  double* weight = nullptr;       // of them
  double* mean = nullptr;         // meaningless where weight is 0
  double* variance = nullptr;
};

struct MeanKernel {
  // Counts of one piece (as CountCodes gives them) into a row; `more`: added to what is there.
  // Gives FillFlags.
  unsigned (*fill)(const ScoreTables& tables, const std::uint8_t* counts, std::size_t rows,
                   const UnitSums& sums, std::size_t row, bool more);
  // All answers of a cell into a row: rows x columns codes, 1 to kMostRowsCounted rows, and 64 readable bytes after them.
  // Null: counting is faster on this processor.
  unsigned (*fill_even)(const EvenScores& scores, const std::uint8_t* codes, std::size_t rows, const SmallSums& sums,
                        std::size_t row);
  // Means of block `block` over all rows. Row r counts factors[r] * (weights[r] * sum). Overwrites the block, but not
  // that of small sums.
  void (*estimate)(const UnitSums& sums, std::size_t block, const double* weights, const double* factors,
                   const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result);
  void (*estimate_small)(const SmallSums& sums, std::size_t block, const double* weights, const double* factors,
                         const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result);
};

// `instructions` must be available.
const MeanKernel& mean_kernel(Instructions instructions);

extern const MeanKernel kPortableMeanKernel;
extern const MeanKernel kAvx2MeanKernel;
extern const MeanKernel kAvx512MeanKernel;

}  // namespace khaosat::columns
