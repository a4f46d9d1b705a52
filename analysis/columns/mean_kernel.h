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
  // Means of block `block` over all rows. Row r counts factors[r] * (weights[r] * sum). Overwrites
  // the sums of scores: what stands there is the influence of each row afterwards.
  void (*estimate)(const UnitSums& sums, std::size_t block, const double* weights, const double* factors,
                   const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result);
};

// `instructions` must be available.
const MeanKernel& mean_kernel(Instructions instructions);

extern const MeanKernel kPortableMeanKernel;
extern const MeanKernel kAvx2MeanKernel;
extern const MeanKernel kAvx512MeanKernel;

}  // namespace khaosat::columns
