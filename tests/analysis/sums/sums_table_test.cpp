#include "analysis/sums/sums_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

using namespace khaosat;
using namespace khaosat::sums;

namespace {

struct Row {
  CellKey cell;
  double weight;
  std::vector<Answer> answers;
};

std::vector<Row> random_rows(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> weight(0, 2);
  std::uniform_real_distribution<double> score(-3, 7);
  std::vector<Row> rows;
  for (std::size_t i = 0; i < count; ++i) {
    Row row{{"u" + std::to_string(random() % 3), "s" + std::to_string(random() % 2),
             "p" + std::to_string(random() % 5)},
            weight(random),
            {}};
    for (int k = 0; k < 4; ++k) {
      if (random() % 5 == 0) {
        row.answers.push_back(Answer::absent(static_cast<Absence>(random() % kAbsenceKinds)));
      } else {
        row.answers.push_back(Answer::scored(score(random)));
      }
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

const std::vector<std::string> kItems = {"a", "b", "c", "d"};

SumsTable table_of(const std::vector<Row>& rows) {
  SumsTable table(kItems);
  for (const Row& row : rows) REQUIRE(table.add(row.cell, row.weight, row.answers).has_value());
  return table;
}

}  // namespace

TEST_CASE("a fixed sum holds ordinary weights exactly", "[sums]") {
  FixedSum sum;
  for (int i = 0; i < 1000; ++i) sum.add(0.1);
  // Exactly 1000 times the double nearest to 0.1, rounded once.
  CHECK(sum.value() == static_cast<double>(1000 * static_cast<long double>(0.1)));
  FixedSum cancelled;
  cancelled.add(1e11);
  cancelled.add(0.25);
  cancelled.add(-1e11);
  CHECK(cancelled.value() == 0.25);
  CHECK(FixedSum::from_halves(sum.high(), sum.low()) == sum);
  FixedSum negative;
  negative.add(-1234.5678);
  CHECK(FixedSum::from_halves(negative.high(), negative.low()).value() == -1234.5678);
}

TEST_CASE("any order of rows and any split into partial tables give the same bits", "[sums]") {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    std::vector<Row> rows = random_rows(300, seed);
    const SumsTable whole = table_of(rows);

    std::mt19937_64 random(seed);
    std::shuffle(rows.begin(), rows.end(), random);
    CHECK(table_of(rows) == whole);

    std::vector<SumsTable> parts(1 + seed % 7, SumsTable(kItems));
    for (const Row& row : rows)
      REQUIRE(parts[random() % parts.size()].add(row.cell, row.weight, row.answers).has_value());
    std::shuffle(parts.begin(), parts.end(), random);
    SumsTable merged(kItems);
    for (const SumsTable& part : parts) REQUIRE(merged.merge(part).has_value());
    CHECK(merged == whole);
    CHECK(merged.hash() == whole.hash());
  }
}

TEST_CASE("sums agree with plain addition up to rounding", "[sums]") {
  const std::vector<Row> rows = random_rows(2000, 7);
  const SumsTable table = table_of(rows);
  for (const auto& [key, cell] : table.cells()) {
    long double weight = 0;
    long double weighted = 0;
    std::uint64_t absent = 0;
    for (const Row& row : rows) {
      if (row.cell != key) continue;
      if (!row.answers[2].has_score()) {
        ++absent;
        continue;
      }
      weight += row.weight;
      weighted += static_cast<long double>(row.weight) * row.answers[2].score();
    }
    const ItemCell& item = cell.items[2];
    CHECK(item.weight.value() == Approx(static_cast<double>(weight)).epsilon(1e-14));
    CHECK(item.weighted_score.value() == Approx(static_cast<double>(weighted)).epsilon(1e-13));
    CHECK(item.absent.total() == absent);
    CHECK(item.n_answered + absent == cell.respondents);
  }
}

TEST_CASE("wrong weights and scores are refused and leave the table as it was", "[sums]") {
  SumsTable table({"a"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const std::vector<Answer> good = {Answer::scored(1)};
  for (const double weight : {nan, infinite, -1.0, 1e13}) {
    const auto result = table.add({"u", "s", "p"}, weight, good);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::weight_invalid);
  }
  for (const double score : {nan, infinite, -1e13}) {
    const std::vector<Answer> bad = {Answer::scored(score)};
    const auto result = table.add({"u", "s", "p"}, 1, bad);
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().code == ErrorCode::out_of_range);
  }
  CHECK(table.cells().empty());
  REQUIRE(table.add({"u", "s", "p"}, 0, good).has_value());
  CHECK(table.respondents() == 1);
}

TEST_CASE("sums over other items are not added", "[sums]") {
  SumsTable table({"a", "b"});
  const SumsTable other({"b", "a"});
  const auto result = table.merge(other);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == ErrorCode::not_comparable);
}

TEST_CASE("a PSU in which nobody answered is remembered", "[sums]") {
  SumsTable table({"a"});
  table.touch({"u", "s", "empty"});
  REQUIRE(table.cells().size() == 1);
  CHECK(table.cells().begin()->second.respondents == 0);
  CHECK(table.cells().begin()->second.items[0].n_answered == 0);
}
