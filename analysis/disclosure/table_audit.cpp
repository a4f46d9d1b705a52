#include "analysis/disclosure/table_audit.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>

namespace khaosat::disclosure {
namespace {

constexpr std::uint64_t kUnlimited = std::numeric_limits<std::uint64_t>::max() / 4;

// Rows and columns are the nodes, hidden cells the edges: moving one count along a closed walk of
// hidden cells leaves all totals as they are. A step from a row to a column raises the cell, a step
// from a column to a row lowers it, which its count limits.
class Residual {
 public:
  Residual(const CountTable& table, const std::vector<bool>& hidden, std::size_t skip)
      : rows_(table.rows), columns_(table.columns), counts_(table.counts), open_(hidden) {
    open_[skip] = false;
  }

  std::uint64_t flow(std::size_t source, std::size_t sink, std::uint64_t at_most) {
    std::uint64_t total = 0;
    while (total < at_most) {
      const std::uint64_t pushed = augment(source, sink, at_most - total);
      if (pushed == 0) break;
      total += pushed;
    }
    return total;
  }

 private:
  std::uint64_t capacity(std::size_t from, std::size_t to) const {
    const bool up = from < rows_;
    const std::size_t cell = up ? from * columns_ + (to - rows_) : to * columns_ + (from - rows_);
    if (!open_[cell]) return 0;
    return up ? kUnlimited : counts_[cell];
  }

  // Shortest path first (Edmonds & Karp), so that the number of rounds is bounded.
  std::uint64_t augment(std::size_t source, std::size_t sink, std::uint64_t at_most) {
    std::vector<std::size_t> from(rows_ + columns_, rows_ + columns_);
    std::queue<std::size_t> waiting;
    waiting.push(source);
    from[source] = source;
    while (!waiting.empty() && from[sink] == rows_ + columns_) {
      const std::size_t at = waiting.front();
      waiting.pop();
      const std::size_t first = at < rows_ ? rows_ : 0;
      const std::size_t last = at < rows_ ? rows_ + columns_ : rows_;
      for (std::size_t next = first; next < last; ++next) {
        if (from[next] != rows_ + columns_ || capacity(at, next) == 0) continue;
        from[next] = at;
        waiting.push(next);
      }
    }
    if (from[sink] == rows_ + columns_) return 0;
    std::uint64_t amount = at_most;
    for (std::size_t at = sink; at != source; at = from[at]) amount = std::min(amount, capacity(from[at], at));
    for (std::size_t at = sink; at != source; at = from[at]) {
      const bool up = from[at] < rows_;
      const std::size_t cell =
          up ? from[at] * columns_ + (at - rows_) : at * columns_ + (from[at] - rows_);
      counts_[cell] = up ? counts_[cell] + amount : counts_[cell] - amount;
    }
    return amount;
  }

  std::size_t rows_;
  std::size_t columns_;
  std::vector<std::uint64_t> counts_;
  std::vector<bool> open_;
};

bool small(std::uint64_t count, std::uint64_t minimum) { return count > 0 && count < minimum; }

struct Line {
  std::vector<std::size_t> cells;
};

std::vector<Line> lines_of(const CountTable& table) {
  std::vector<Line> lines(table.rows + table.columns);
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t column = 0; column < table.columns; ++column) {
      lines[row].cells.push_back(row * table.columns + column);
      lines[table.rows + column].cells.push_back(row * table.columns + column);
    }
  }
  return lines;
}

// The cell of the line to hide next: the smallest that holds somebody, otherwise any.
std::optional<std::size_t> next_cell(const Line& line, const CountTable& table, const std::vector<bool>& hidden) {
  std::optional<std::size_t> best;
  const auto better = [&](std::size_t a, std::size_t b) {
    const std::uint64_t x = table.counts[a];
    const std::uint64_t y = table.counts[b];
    if ((x == 0) != (y == 0)) return y == 0;
    return x < y;
  };
  for (const std::size_t cell : line.cells)
    if (!hidden[cell] && (!best || better(cell, *best))) best = cell;
  return best;
}

// The first line whose hidden cells could be added up to too small a group.
bool line_is_open(const Line& line, const CountTable& table, const std::vector<bool>& hidden,
                  std::uint64_t minimum) {
  std::size_t count = 0;
  std::uint64_t sum = 0;
  for (const std::size_t cell : line.cells) {
    if (!hidden[cell]) continue;
    ++count;
    sum += table.counts[cell];
  }
  return count > 0 && (count < 2 || sum < minimum);
}

}  // namespace

AttackerInterval attacker_interval(const CountTable& table, const std::vector<bool>& hidden,
                                   std::size_t row, std::size_t column) {
  const std::size_t cell = row * table.columns + column;
  const std::uint64_t count = table.counts[cell];
  if (!hidden[cell]) return {count, count};
  const std::size_t row_node = row;
  const std::size_t column_node = table.rows + column;
  // Raising the cell means lowering others of its column and row: a way from the column back to the row.
  const std::uint64_t up = Residual(table, hidden, cell).flow(column_node, row_node, kUnlimited);
  const std::uint64_t down = Residual(table, hidden, cell).flow(row_node, column_node, count);
  return {count - down, count + up};
}

HiddenTable hide_cells(const CountTable& table, std::uint64_t minimum) {
  HiddenTable result{std::vector<bool>(table.counts.size(), false), false};
  const std::vector<Line> lines = lines_of(table);
  const auto give_up = [&] {
    std::fill(result.hidden.begin(), result.hidden.end(), true);
    result.withheld = true;
    return result;
  };
  for (const Line& line : lines) {
    std::uint64_t total = 0;
    for (const std::size_t cell : line.cells) total += table.counts[cell];
    if (small(total, minimum)) return give_up();
  }
  for (std::size_t cell = 0; cell < table.counts.size(); ++cell)
    result.hidden[cell] = small(table.counts[cell], minimum);

  while (true) {
    bool changed = false;
    for (const Line& line : lines) {
      while (line_is_open(line, table, result.hidden, minimum)) {
        const auto next = next_cell(line, table, result.hidden);
        if (!next) return give_up();
        result.hidden[*next] = true;
        changed = true;
      }
    }
    if (changed) continue;
    for (std::size_t cell = 0; cell < table.counts.size() && !changed; ++cell) {
      if (!small(table.counts[cell], minimum)) continue;
      const std::size_t row = cell / table.columns;
      const std::size_t column = cell % table.columns;
      const AttackerInterval interval = attacker_interval(table, result.hidden, row, column);
      if (interval.high - interval.low >= minimum) continue;
      auto next = next_cell(lines[row], table, result.hidden);
      if (!next) next = next_cell(lines[table.rows + column], table, result.hidden);
      // Its row and column are hidden already: widen anywhere else.
      for (std::size_t other = 0; other < lines.size() && !next; ++other)
        next = next_cell(lines[other], table, result.hidden);
      if (!next) return give_up();
      result.hidden[*next] = true;
      changed = true;
    }
    if (!changed) return result;
  }
}

std::vector<bool> hide_groups(const std::vector<std::uint64_t>& counts, std::uint64_t minimum) {
  std::vector<bool> hidden;
  Line line;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    hidden.push_back(small(counts[k], minimum));
    line.cells.push_back(k);
  }
  const CountTable table{1, counts.size(), counts};
  while (line_is_open(line, table, hidden, minimum)) {
    const auto next = next_cell(line, table, hidden);
    if (!next) break;
    hidden[*next] = true;
  }
  return hidden;
}

}  // namespace khaosat::disclosure
