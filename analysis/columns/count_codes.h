// How many of a few rows gave each answer to each question: the one loop that touches every answer.
// Counting first and applying scores to the counts afterwards costs less than scoring every answer,
// and counts are whole numbers: no order, no processor and no number of threads changes a bit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "analysis/columns/column_file.h"
#include "analysis/columns/instructions.h"

namespace khaosat::columns {

// Two slots of one block of sixteen, counted in the two halves of one byte. A table with sixteen
// places says what a code adds: 1 to the lower half, 16 to the upper one, or nothing.
struct SlotPair {
  std::array<std::uint8_t, 16> table{};
  std::size_t low = 0;   // position in CountPlan::slots
  std::size_t high = 0;  // the same as `low` when the pair is a single slot
  std::uint8_t block = 0;
};

// What to count. Immutable; shared between threads.
struct CountPlan {
  CountPlan(std::size_t columns, std::uint64_t slot_bits);

  std::size_t columns;
  std::size_t stride;  // columns rounded up to 64
  std::vector<std::uint8_t> slots;      // ascending
  std::vector<SlotPair> pairs;          // by block
  std::size_t counts() const { return slots.size() * stride; }
};

// More rows would overflow a byte.
inline constexpr std::size_t kMostRowsCounted = 240;

// counts[s * plan.stride + k] = rows whose code of column k lies in plan.slots[s]; what stands beyond
// the last column is of no meaning. `codes`: rows x plan.columns bytes, with 64 readable bytes after
// them; rows at most kMostRowsCounted; `counts` of plan.counts() bytes, overwritten.
using CountCodes = void (*)(const CountPlan& plan, const std::uint8_t* codes, std::size_t rows,
                            std::uint8_t* counts);
// `instructions` must be available.
CountCodes count_codes(Instructions instructions);

// True when every row of every column was counted: no code lies outside the slots of the plan.
bool all_counted(const CountPlan& plan, std::size_t rows, const std::uint8_t* counts);

}  // namespace khaosat::columns
