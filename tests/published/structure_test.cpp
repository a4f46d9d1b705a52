// The shipped models line by line against what was published of their structure: codes, names, weights and
// anchors (tables of the sources named in papi_pci_test.cpp), and which years may be set beside each other.
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "analysis/change/comparability.h"
#include "analysis/index/index_engine.h"
#include "base/csv.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using khaosat::test::shipped_model;

namespace {

using Row = std::map<std::string, std::string>;

std::vector<Row> rows_of(const std::string& name) {
  const std::string text = test::read_file("tests/published/" + name);
  Faults faults;
  CsvReader reader(name, text, faults);
  std::vector<Row> rows;
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    Row& row = rows.emplace_back();
    for (std::size_t k = 0; k < cells.size(); ++k) row[reader.header()[k]] = cells[k];
  }
  REQUIRE(faults.empty());
  REQUIRE_FALSE(rows.empty());
  return rows;
}

double number(const Row& row, const std::string& column) { return number_from(row.at(column)).value(); }

const Node* with_code(const IndexModel& model, const std::string& code, int year) {
  for (const Node& node : model.nodes)
    if (node.code == code && node.years.contain(year)) return &node;
  return nullptr;
}

// All published cells of a year, each with the same value.
IndexRun flat_year(const IndexModel& model, int year) {
  IndexInput input;
  input.year = year;
  UnitInput unit;
  unit.id = "01";
  for (const Node& node : model.nodes)
    if (node.leaf)
      for (const std::string& column : node.leaf->columns) unit.columns[column] = Datum::of(1.5);
  input.units.push_back(std::move(unit));
  return compute(model, input).value();
}

}  // namespace

TEST_CASE("every code of PAPI has its published name and years", "[published]") {
  const IndexModel model = shipped_model("papi");
  std::set<std::pair<int, std::string>> listed;
  for (const Row& row : rows_of("papi_structure.csv")) {
    for (int year = static_cast<int>(number(row, "year_from")); year <= static_cast<int>(number(row, "year_to")); ++year) {
      INFO(year << " " << row.at("code"));
      const Node* node = with_code(model, row.at("code"), year);
      REQUIRE(node != nullptr);
      CHECK(node->title.in("en") == row.at("name_en"));
      if (!row.at("name_vi").empty()) CHECK(node->title.in("vi") == row.at("name_vi"));
      const std::string& code = row.at("code");
      CHECK(node->leaf.has_value() == (code.size() == 3));
      if (node->leaf) CHECK(model.find(node->parent)->code == code.substr(0, 1));
      listed.insert({year, code});
    }
  }
  for (int year = 2011; year <= 2024; ++year)
    for (const auto& place : model.tree(year).places)
      if (const std::string& code = model.nodes[place.node].code; !code.empty()) {
        INFO(year << " " << code);
        CHECK(listed.contains({year, code}));
      }
}

TEST_CASE("years of PAPI are comparable where neither structure, scale nor level broke", "[published]") {
  const IndexModel model = shipped_model("papi");
  // Levels that broke without a change of structure, by the first year of the new level.
  const std::set<std::pair<std::string, int>> level_breaks = {
      {"1.1", 2019}, {"1.1", 2022}, {"3.2", 2018}, {"3.2", 2021}, {"6.4", 2021}, {"7.1", 2019}, {"8.3", 2020}};
  for (int year = 2012; year <= 2024; ++year) {
    const IndexRun before = flat_year(model, year - 1);
    const IndexRun after = flat_year(model, year);
    std::map<std::string, bool> comparable;
    for (const auto& one : change::compare_models(model, before, model, after, {})) comparable[one.node] = one.obstacles.empty();
    bool all = true;
    for (const auto& place : model.tree(year).places) {
      const Node& node = model.nodes[place.node];
      if (!node.leaf) continue;
      const std::size_t dimension_after = after.nodes[*after.find_node(node.parent)].children.size();
      const auto dimension = before.find_node(node.parent);
      const bool same_scale = dimension && before.nodes[*dimension].children.size() == dimension_after;
      const bool expected = node.years.contain(year - 1) && same_scale && !level_breaks.contains({node.code, year});
      INFO(year << " " << node.code);
      CHECK(comparable.at(node.id) == expected);
      all = all && expected;
    }
    INFO(year);
    CHECK(comparable.at("papi") == all);
  }
}

TEST_CASE("PCI has its published names and weights in both schemes", "[published]") {
  const IndexModel model = shipped_model("pci");
  std::map<int, double> total;
  for (const Row& row : rows_of("pci_weights.csv")) {
    const bool first = row.at("scheme") == "2012";
    for (int year = first ? 2012 : 2013; year <= (first ? 2012 : 2016); ++year) {
      INFO(year << " " << row.at("subindex"));
      const Node* node = with_code(model, row.at("subindex"), year);
      REQUIRE(node != nullptr);
      CHECK(node->weight.number == number(row, "weight_percent"));
      CHECK(node->title.in("vi") == row.at("name_vi"));
      CHECK(node->title.in("en") == row.at("name_en"));
      total[year] += node->weight.number;
    }
  }
  for (const auto& [year, weights] : total) CHECK(weights == 100);
  CHECK(model.tree(2012).places.size() == 1 + 9);
  CHECK(model.tree(2014).places.size() == 1 + 10);
  const auto found = change::compare_models(model, flat_year(model, 2012), model, flat_year(model, 2013), {});
  CHECK_FALSE(found.front().obstacles.empty());
}

TEST_CASE("fair competition has its published anchors, weights and direction", "[published]") {
  const IndexModel model = shipped_model("pci_fair_competition_2013");
  for (const Row& row : rows_of("pci_2013_fair_competition_indicators.csv")) {
    INFO(row.at("indicator"));
    const Node* node = model.find(row.at("indicator"));
    REQUIRE(node != nullptr);
    CHECK(node->weight.number == Approx(number(row, "weight")).epsilon(1e-15));
    CHECK(node->direction == static_cast<int>(number(row, "direction")));
    const Anchor* anchor = node->scoring.anchor(static_cast<int>(number(row, "anchor_year")));
    REQUIRE(anchor != nullptr);
    CHECK(anchor->low == number(row, "anchor_min"));
    CHECK(anchor->high == number(row, "anchor_max"));
    CHECK(node->scoring.to_low == 1);
    CHECK(node->scoring.to_high == 10);
    CHECK_FALSE(node->scoring.clamp);
  }
}
