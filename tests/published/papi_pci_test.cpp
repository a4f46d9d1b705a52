// Published figures of PAPI 2011-2013 (CECODES, VFF-CRT, RTA, UNDP) and PCI 2013 (VCCI, USAID), from
// the repository mdtrinh/vietnamdata (CC0), commit be581b8d. Tolerances are the largest residuals of
// the publishers' own tables: typed sub-dimensions carry six decimals.
#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "base/csv.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using khaosat::test::read_file;
using khaosat::test::shipped_model;

namespace {

std::map<int, IndexRun> runs_of(const IndexModel& model, const std::string& table,
                                std::optional<int> year = {}) {
  std::map<int, IndexInput> inputs;
  Faults faults;
  TableOptions options;
  options.year = year;
  read_unit_table(model, "table.csv", table, options, inputs, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  std::map<int, IndexRun> runs;
  for (const auto& [of, input] : inputs) {
    auto run = compute(model, input);
    if (!run) FAIL(run.error().message);
    runs[of] = std::move(*run);
  }
  return runs;
}

struct Published {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  double number(std::size_t row, const std::string& column) const {
    return number_from(text(row, column)).value();
  }
  const std::string& text(std::size_t row, const std::string& column) const {
    for (std::size_t k = 0; k < header.size(); ++k)
      if (header[k] == column) return rows[row][k];
    throw std::out_of_range(column);
  }
};

Published read_table(const std::string& text) {
  Faults faults;
  CsvReader reader("table", text, faults);
  Published table{reader.header(), {}};
  std::vector<std::string> cells;
  while (reader.next(cells)) table.rows.push_back(cells);
  REQUIRE(faults.empty());
  return table;
}

const NodeScore& score_of(const IndexRun& run, const std::string& unit, const std::string& node) {
  const UnitScores* found = run.find_unit(unit);
  REQUIRE(found != nullptr);
  return found->scores[run.find_node(node).value()];
}

// Sets one cell of a CSV table without quotes.
std::string with_cell(const std::string& text, std::size_t row, const std::string& column,
                      const std::string& value) {
  std::string out;
  std::size_t at = 0;
  std::size_t column_at = 0;
  for (std::size_t number = 0; at < text.size(); ++number) {
    const std::size_t end = text.find('\n', at);
    std::vector<std::string> cells;
    std::string cell;
    for (std::size_t k = at; k <= end; ++k) {
      if (k == end || text[k] == ',') {
        cells.push_back(cell);
        cell.clear();
      } else {
        cell += text[k];
      }
    }
    if (number == 0)
      column_at = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), column) - cells.begin());
    if (number == row) cells.at(column_at) = value;
    for (std::size_t k = 0; k < cells.size(); ++k) out += (k == 0 ? "" : ",") + cells[k];
    out += '\n';
    at = end + 1;
  }
  return out;
}

const std::vector<std::string> kDimensions = {"participation", "transparency", "accountability",
                                              "corruption",    "procedures",   "services"};

}  // namespace

TEST_CASE("PAPI 2011-2013: every dimension and total follows from the sub-dimensions", "[published]") {
  const std::string text = read_file("tests/published/papi_2011_2013.csv");
  const auto runs = runs_of(shipped_model("papi"), text);
  const Published table = read_table(text);
  REQUIRE(table.rows.size() == 189);
  REQUIRE(runs.size() == 3);
  double worst_dimension = 0;
  double worst_total = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const IndexRun& run = runs.at(static_cast<int>(table.number(row, "year")));
    const std::string& unit = table.text(row, "province_code");
    for (std::size_t d = 0; d < kDimensions.size(); ++d) {
      const double computed = score_of(run, unit, kDimensions[d]).estimate.value;
      worst_dimension = std::max(
          worst_dimension, std::fabs(computed - table.number(row, "d" + std::to_string(d + 1))));
    }
    worst_total = std::max(worst_total, std::fabs(score_of(run, unit, "papi").estimate.value -
                                                  table.number(row, "total")));
  }
  CHECK(worst_dimension <= 5e-6);
  CHECK(worst_total <= 1e-5);
}

TEST_CASE("PAPI 2011-2013: first, last and mean of all provinces are the published ones", "[published]") {
  const auto runs =
      runs_of(shipped_model("papi"), read_file("tests/published/papi_2011_2013.csv"));
  struct Known {
    int year;
    const char* first;
    const char* last;
    double mean;
  };
  // 44 Quảng Bình; 84 Trà Vinh, 56 Khánh Hòa, 24 Bắc Giang.
  for (const Known& known : {Known{2011, "44", "84", 35.749613}, Known{2012, "44", "56", 36.445406},
                             Known{2013, "44", "24", 36.736740}}) {
    const IndexRun& run = runs.at(known.year);
    REQUIRE(run.units.size() == 63);
    CHECK(score_of(run, known.first, "papi").rank == 1u);
    CHECK(score_of(run, known.last, "papi").rank == 63u);
    double sum = 0;
    for (const UnitScores& unit : run.units) sum += unit.scores[0].estimate.value;
    CHECK(sum / 63 == Approx(known.mean).margin(5e-6));
    CHECK(run.design == "no_survey");
    for (const UnitScores& unit : run.units) CHECK_FALSE(unit.scores[0].estimate.standard_error);
  }
}

TEST_CASE("a withheld cell stays withheld up to the total and is never 0", "[published]") {
  const std::string text = read_file("tests/published/papi_2011_2013.csv");
  const IndexModel model = shipped_model("papi");
  for (const std::string blank : {"", "withheld"}) {
    const auto runs = runs_of(model, with_cell(text, 2, "s3_2", blank));
    const IndexRun& run = runs.at(2011);
    const std::string unit = "02";
    for (const char* node : {"inspection_boards_2011", "accountability", "papi"}) {
      const NodeScore& score = score_of(run, unit, node);
      CHECK(score.state == ScoreState::withheld);
      CHECK_FALSE(score.rank);
    }
    CHECK(score_of(run, unit, "inspection_boards_2011").reason == "not_published");
    CHECK(score_of(run, unit, "corruption").state == ScoreState::value);
    // Nobody is ranked against a missing province.
    CHECK(run.nodes[0].ranked == 62);
    CHECK(run.nodes[run.find_node("corruption").value()].ranked == 63);
  }
}

TEST_CASE("PAPI columns may carry the codes themselves", "[published]") {
  const IndexModel model = shipped_model("papi");
  const IndexTree tree = model.tree(2021);
  std::string header = "unit,year";
  std::string row = "01,2021";
  std::size_t leaves = 0;
  for (const IndexTree::Place& place : tree.places) {
    const Node& node = model.nodes[place.node];
    if (!node.leaf) continue;
    header += "," + node.code;
    row += ",0.5";
    ++leaves;
  }
  const auto runs = runs_of(model, header + "\n" + row + "\n");
  CHECK(leaves == 28);
  CHECK(runs.at(2021).units[0].scores[0].estimate.value == Approx(14.0));
}

TEST_CASE("the structure of PAPI has the published number of sub-dimensions in every year", "[published]") {
  const IndexModel model = shipped_model("papi");
  const std::map<int, std::size_t> known = {{2011, 22}, {2015, 22}, {2016, 22}, {2017, 22}, {2018, 28},
                                            {2019, 29}, {2020, 29}, {2021, 28}, {2024, 28}};
  for (const auto& [year, expected] : known) {
    std::size_t leaves = 0;
    for (const IndexTree::Place& place : model.tree(year).places)
      if (model.nodes[place.node].leaf) ++leaves;
    INFO(year);
    CHECK(leaves == expected);
  }
  CHECK(model.tree(2010).places.empty());
}

TEST_CASE("PCI 2013: totals and ranks follow from the ten sub-indices", "[published]") {
  const std::string text = read_file("tests/published/pci_2013_subindices.csv");
  const IndexRun run = runs_of(shipped_model("pci"), text).at(2013);
  const Published table = read_table(text);
  REQUIRE(table.rows.size() == 63);
  for (std::size_t row = 0; row < table.rows.size(); ++row) {
    const NodeScore& score = score_of(run, table.text(row, "province_code"), "pci");
    CHECK(std::fabs(score.estimate.value - table.number(row, "total")) <= 1e-5);
    CHECK(score.rank == static_cast<std::uint32_t>(table.number(row, "rank")));
  }
}

TEST_CASE("PCI weights of 2012 are those of nine sub-indices", "[published]") {
  const IndexModel model = shipped_model("pci");
  CHECK(model.tree(2012).places.size() == 10);
  CHECK(model.tree(2013).places.size() == 11);
  CHECK(model.tree(2017).places.empty());
  const auto runs = runs_of(model, "unit,year,s1,s2,s3,s4,s5,s6,s7,s8,s9\na,2012,10,10,10,10,10,10,10,10,10\n"
                                   "b,2012,10,1,1,1,1,1,1,1,1\n");
  CHECK(runs.at(2012).units[0].scores[0].estimate.value == Approx(100));
  // Entry costs weigh 10 %: 10 · 1 + 9 · 10 % · 10 = 19.
  CHECK(runs.at(2012).units[1].scores[0].estimate.value == Approx(19));
}

TEST_CASE("PCI 2013: fair competition follows from the raw indicators and stored anchors", "[published]") {
  const std::string text = read_file("tests/published/pci_2013_fair_competition.csv");
  const IndexModel model = shipped_model("pci_fair_competition_2013");
  const IndexRun run = runs_of(model, text, 2013).at(2013);
  const Published table = read_table(text);
  double worst = 0;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    worst = std::max(worst, std::fabs(score_of(run, table.text(row, "province_code"), "fair_competition")
                                          .estimate.value -
                                      table.number(row, "s6_published")));
  CHECK(worst <= 5e-6);

  SECTION("removing the best province moves nobody else, as anchors are stored") {
    std::string fewer;
    std::size_t at = 0;
    for (int line = 0; at < text.size(); ++line) {
      const std::size_t end = text.find('\n', at);
      if (line != 5) fewer += text.substr(at, end - at + 1);
      at = end + 1;
    }
    const IndexRun without = runs_of(model, fewer, 2013).at(2013);
    REQUIRE(without.units.size() == 62);
    for (const UnitScores& unit : without.units)
      CHECK(unit.scores[0].estimate.value == score_of(run, unit.id, "fair_competition").estimate.value);
  }
}
