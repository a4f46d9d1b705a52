// Tables of counts whose row and column totals are known: what an outsider can work out about the
// hidden cells, and which cells to hide so that it is too little. Pure; thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace khaosat::disclosure {

// Cells without totals, row by row; all rows of equal length.
struct CountTable {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<std::uint64_t> counts;
  std::uint64_t at(std::size_t row, std::size_t column) const { return counts[row * columns + column]; }
};

// Smallest and largest count the hidden cell can have, given everything else and all totals.
// Exact: network flows have whole solutions.
struct AttackerInterval {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};
AttackerInterval attacker_interval(const CountTable& table, const std::vector<bool>& hidden,
                                   std::size_t row, std::size_t column);

struct HiddenTable {
  std::vector<bool> hidden;  // by cell
  bool withheld = false;     // nothing can be shown: not even hiding every cell would do
};

// Hides cells from 1 to minimum - 1, then others, smallest first, until
//   - every row and column has no hidden cell, or two at least that add up to `minimum` or more;
//   - no attacker's interval of a small cell is narrower than `minimum`.
// A row or column total below the minimum (and above 0) withholds the table.
HiddenTable hide_cells(const CountTable& table, std::uint64_t minimum);

// A list of groups with a known total: which to hide so that neither a group below the minimum nor
// what is left of the total after subtracting the others shows one.
std::vector<bool> hide_groups(const std::vector<std::uint64_t>& counts, std::uint64_t minimum);

}  // namespace khaosat::disclosure
