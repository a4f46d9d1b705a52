#include "analysis/disclosure/table_audit.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <numeric>
#include <random>

#include "analysis/disclosure/linear_audit.h"

using namespace khaosat::disclosure;

namespace {

CountTable random_table(std::mt19937_64& random) {
  CountTable table{1 + random() % 5, 2 + random() % 4, {}};
  const std::uint64_t scale = 1 + random() % 40;
  for (std::size_t k = 0; k < table.rows * table.columns; ++k)
    table.counts.push_back(random() % 4 == 0 ? random() % 6 : random() % (scale + 1));
  return table;
}

// KHAOSAT_LONG=1: as many rounds as a night allows.
int rounds(int usual, int longer) { return std::getenv("KHAOSAT_LONG") != nullptr ? longer : usual; }

// All tables with the same totals and the same shown cells, by brute force: smallest and largest
// value of one hidden cell. For small tables only.
void enumerate(const CountTable& table, const std::vector<bool>& hidden, std::vector<std::uint64_t>& cells,
               std::size_t at, std::size_t cell, AttackerInterval& interval) {
  const auto row_left = [&](std::size_t row) {
    std::int64_t left = 0;
    for (std::size_t c = 0; c < table.columns; ++c)
      left += static_cast<std::int64_t>(table.at(row, c)) -
              (row * table.columns + c < at ? static_cast<std::int64_t>(cells[row * table.columns + c]) : 0);
    return left;
  };
  if (at == cells.size()) {
    for (std::size_t row = 0; row < table.rows; ++row)
      if (row_left(row) != 0) return;
    for (std::size_t c = 0; c < table.columns; ++c) {
      std::int64_t left = 0;
      for (std::size_t row = 0; row < table.rows; ++row)
        left += static_cast<std::int64_t>(table.at(row, c)) - static_cast<std::int64_t>(cells[row * table.columns + c]);
      if (left != 0) return;
    }
    interval.low = std::min(interval.low, cells[cell]);
    interval.high = std::max(interval.high, cells[cell]);
    return;
  }
  if (!hidden[at]) {
    cells[at] = table.counts[at];
    return enumerate(table, hidden, cells, at + 1, cell, interval);
  }
  const std::int64_t left = row_left(at / table.columns);
  for (std::int64_t value = 0; value <= left; ++value) {
    cells[at] = static_cast<std::uint64_t>(value);
    enumerate(table, hidden, cells, at + 1, cell, interval);
  }
}

}  // namespace

// Reference case 17 of the project's statistics cases: a table of three units and three answers.
TEST_CASE("hiding small cells alone protects nobody, hiding a block does", "[disclosure]") {
  const CountTable table{3, 3, {12, 3, 25, 8, 15, 2, 30, 22, 14}};
  std::vector<bool> primary(9, false);
  primary[1] = true;
  primary[5] = true;
  CHECK(attacker_interval(table, primary, 0, 1).low == 3);
  CHECK(attacker_interval(table, primary, 0, 1).high == 3);
  CHECK(attacker_interval(table, primary, 1, 2).low == 2);
  CHECK(attacker_interval(table, primary, 1, 2).high == 2);

  std::vector<bool> block = primary;
  block[4] = true;
  block[2] = true;
  struct Known {
    std::size_t row, column;
    std::uint64_t low, high;
  };
  for (const Known& known : {Known{0, 1, 1, 18}, Known{1, 1, 0, 17}, Known{0, 2, 10, 27}, Known{1, 2, 0, 17}}) {
    const AttackerInterval interval = attacker_interval(table, block, known.row, known.column);
    CHECK(interval.low == known.low);
    CHECK(interval.high == known.high);
  }

  const HiddenTable safe = hide_cells(table, 5);
  CHECK_FALSE(safe.withheld);
  CHECK(safe.hidden[1]);
  CHECK(safe.hidden[5]);
  for (const std::size_t cell : {std::size_t{1}, std::size_t{5}}) {
    const AttackerInterval interval = attacker_interval(table, safe.hidden, cell / 3, cell % 3);
    CHECK(interval.high - interval.low >= 5);
  }
}

TEST_CASE("an attacker's interval by flows is that of trying every table", "[disclosure]") {
  std::mt19937_64 random(3);
  for (int round = 0; round < 300; ++round) {
    CountTable table{2 + random() % 2, 2 + random() % 2, {}};
    for (std::size_t k = 0; k < table.rows * table.columns; ++k) table.counts.push_back(random() % 4);
    std::vector<bool> hidden;
    for (std::size_t k = 0; k < table.counts.size(); ++k) hidden.push_back(random() % 3 != 0);
    for (std::size_t cell = 0; cell < hidden.size(); ++cell) {
      AttackerInterval expected{1000, 0};
      std::vector<std::uint64_t> cells(table.counts.size(), 0);
      enumerate(table, hidden, cells, 0, cell, expected);
      const AttackerInterval interval = attacker_interval(table, hidden, cell / table.columns, cell % table.columns);
      INFO("round " << round << ", cell " << cell);
      CHECK(interval.low == expected.low);
      CHECK(interval.high == expected.high);
    }
  }
}

TEST_CASE("no hidden group of a random table can be derived by subtraction", "[disclosure]") {
  std::mt19937_64 random(17);
  int withheld = 0;
  const int count = rounds(5000, 100000);
  for (int round = 0; round < count; ++round) {
    const CountTable table = random_table(random);
    const std::uint64_t minimum = round % 2 == 0 ? 5 : 10;
    const HiddenTable result = hide_cells(table, minimum);
    INFO("round " << round);
    for (std::size_t cell = 0; cell < table.counts.size(); ++cell)
      if (table.counts[cell] > 0 && table.counts[cell] < minimum) REQUIRE(result.hidden[cell]);
    if (result.withheld) {
      ++withheld;
      continue;
    }
    // Totals minus what is shown, by row and column: nobody, or enough people in two cells or more.
    std::vector<Equation> equations;
    for (std::size_t line = 0; line < table.rows + table.columns; ++line) {
      Equation equation;
      std::uint64_t left = 0;
      for (std::size_t k = 0; k < (line < table.rows ? table.columns : table.rows); ++k) {
        const std::size_t cell =
            line < table.rows ? line * table.columns + k : k * table.columns + (line - table.rows);
        equation.terms.push_back({cell, 1});
        if (result.hidden[cell]) left += table.counts[cell];
      }
      REQUIRE((left == 0 || left >= minimum));
      equations.push_back(equation);
    }
    // Every linear combination of totals: no hidden cell is fixed.
    const std::vector<bool> fixed = determined(equations, result.hidden);
    for (std::size_t cell = 0; cell < table.counts.size(); ++cell) {
      if (table.counts[cell] == 0 || table.counts[cell] >= minimum) continue;
      REQUIRE_FALSE(fixed[cell]);
      const AttackerInterval interval =
          attacker_interval(table, result.hidden, cell / table.columns, cell % table.columns);
      REQUIRE(interval.high - interval.low >= minimum);
    }
  }
  CHECK(withheld < count);
}

TEST_CASE("groups of a known total are hidden in pairs that are large enough", "[disclosure]") {
  CHECK(hide_groups({20, 30, 40}, 5) == std::vector<bool>{false, false, false});
  CHECK(hide_groups({3, 30, 40}, 5) == std::vector<bool>{true, true, false});
  CHECK(hide_groups({1, 1, 40, 50}, 5) == std::vector<bool>{true, true, true, false});
  CHECK(hide_groups({4, 1, 40}, 5) == std::vector<bool>{true, true, false});
  CHECK(hide_groups({0, 30, 40}, 5) == std::vector<bool>{false, false, false});
}
