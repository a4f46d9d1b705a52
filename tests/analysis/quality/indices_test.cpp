// Parity with R (careless, base) on the reference file, and known values of the small formulas.
#include <catch2/catch.hpp>

#include <cmath>

#include "analysis/quality/agreement.h"
#include "analysis/quality/response_indicator.h"
#include "tests/analysis/quality/planted.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::quality;

TEST_CASE("long strings and intra-individual variability are those of the R package careless") {
  const PlantedFile file = reference_file();
  const auto indices = respondent_indices(file.sheet);
  test::CsvTable expected("expected/15_quality_respondent.csv");
  REQUIRE(expected.rows.size() == indices.size());
  for (std::size_t who = 0; who < indices.size(); ++who) {
    INFO(who);
    CHECK(indices[who].longest_run == std::stoul(expected.at(expected.rows[who], "careless_longstring")));
    CHECK(*indices[who].variability == Approx(std::stod(expected.at(expected.rows[who], "careless_irv"))).epsilon(1e-9).margin(1e-12));
  }
}

TEST_CASE("percent match within a place is that of R, whatever else is lowered from it") {
  const PlantedFile file = reference_file();
  const auto report = assess(file.sheet);
  REQUIRE(report);
  test::CsvTable expected("expected/15_quality_respondent.csv");
  for (std::size_t who = 0; who < file.truth.size(); ++who) {
    // Straight lines are neither compared nor compared with.
    if (file.truth[who] == Planted::straight || report->match.best[who] < 0) continue;
    const double same_unit = std::stod(expected.at(expected.rows[who], "pm_max_same_unit"));
    INFO(who);
    CHECK(report->match.best[who] <= same_unit + 1e-12);
    if (same_unit > 0.75) CHECK(report->match.best[who] == Approx(same_unit).epsilon(1e-9));
  }
}

TEST_CASE("spread of items and effects of interviewers and offices are those of R") {
  const PlantedFile file = reference_file();
  const auto report = assess(file.sheet);
  REQUIRE(report);
  // expected/15_quality.json, by_unit, in the order U1 … U6
  const double spread[] = {1.24788342516652, 1.23609512056302, 1.20132084969127, 1.21600350266031, 1.20849375593261, 1.15124825287692};
  const double elsewhere[] = {1.29494204852099, 1.29600028510229, 1.2994381430813, 1.23522126790527, 1.30291205110847, 1.28059248193916};
  for (std::size_t place = 0; place < 6; ++place) {
    CHECK(*report->places[place].item_spread == Approx(spread[place]).epsilon(1e-9));
    CHECK(*report->places[place].item_spread_elsewhere == Approx(elsewhere[place]).epsilon(1e-9));
  }
  REQUIRE(report->group_effect);
  CHECK(report->group_effect->numerator_df == 18);
  CHECK(report->group_effect->denominator_df == 216);
  CHECK(report->group_effect->f == Approx(4.84502340038395).epsilon(1e-9));
  CHECK(report->group_effect->p == Approx(4.47396944714544e-09).epsilon(1e-6));
  CHECK(report->place_effect->f == Approx(14.3011829909632).epsilon(1e-9));
  CHECK(report->place_effect->share == Approx(0.249547613103039).epsilon(1e-9));
}

TEST_CASE("back-checks: confirmed shares with their intervals, and how many to ask") {
  const auto checked = confirmation(18, 12);
  REQUIRE(checked);
  CHECK(checked->wilson.lower == Approx(0.437494672959451).epsilon(1e-9));
  CHECK(checked->wilson.upper == Approx(0.837212252491663).epsilon(1e-9));
  CHECK(checked->exact.lower == Approx(0.409925238172074).epsilon(1e-9));
  CHECK(checked->exact.upper == Approx(0.866572597493876).epsilon(1e-9));
  CHECK(confirmation(0, 0).error().code == ErrorCode::out_of_range);
  CHECK(confirmation(3, 4).error().code == ErrorCode::out_of_range);
  CHECK(confirmation(7, 7)->exact.upper == 1);
  // statistics: 59 of a large file, 42 of 80, 51 of 200 where 5 % are made up; 29 and 24 of 80 where 10 % are.
  CHECK(*sample_to_find_one(1000000, 0.05) == 59);
  CHECK(*sample_to_find_one(80, 0.05) == 42);
  CHECK(*sample_to_find_one(200, 0.05) == 51);
  CHECK(*sample_to_find_one(1000000, 0.10) == 29);
  CHECK(*sample_to_find_one(80, 0.10) == 24);
  CHECK(*sample_to_find_one(3, 1) == 1);
}

TEST_CASE("kappa of two conversations: a published table, and the ends of its range") {
  // Cohen 1960 as printed in many textbooks: 50 cases, 20 and 15 agreed, 5 and 10 not: kappa 0.4.
  std::vector<std::uint8_t> first;
  std::vector<std::uint8_t> second;
  const auto add = [&](int count, std::uint8_t a, std::uint8_t b) {
    for (int at = 0; at < count; ++at) {
      first.push_back(a);
      second.push_back(b);
    }
  };
  add(20, 0, 0);
  add(5, 0, 1);
  add(10, 1, 0);
  add(15, 1, 1);
  const auto found = agreement(first, second, 2);
  REQUIRE(found);
  CHECK(found->observed == Approx(0.7));
  CHECK(found->expected == Approx(0.5));
  CHECK(*found->kappa == Approx(0.4));
  CHECK(*found->weighted_kappa == Approx(0.4));  // two options: the same
  // psych::cohen.kappa gives 0.15 … 0.65 for this table.
  CHECK(found->interval->lower == Approx(0.15).margin(0.005));
  CHECK(found->interval->upper == Approx(0.65).margin(0.005));
  CHECK(*agreement(first, first, 2)->kappa == Approx(1));
  CHECK_FALSE(agreement(std::vector<std::uint8_t>{1, 1}, std::vector<std::uint8_t>{1, 1}, 2)->kappa);
  CHECK(agreement(first, std::vector<std::uint8_t>{1}, 2).error().code == ErrorCode::design_invalid);
  CHECK(agreement(std::vector<std::uint8_t>{}, std::vector<std::uint8_t>{}, 2).error().code == ErrorCode::no_valid_answers);
  CHECK(agreement(std::vector<std::uint8_t>{2}, std::vector<std::uint8_t>{0}, 2).error().code == ErrorCode::out_of_range);
}

TEST_CASE("the R-indicator is 1 where everybody answers alike and falls with uneven response") {
  const auto even = response_indicator({{{"young"}, 100, 50}, {{"old"}, 100, 50}});
  REQUIRE(even);
  CHECK(even->r == Approx(1));
  CHECK(even->rate == Approx(0.5));
  // By hand: propensities 0.4 and 0.6 over 200 people, S² = 200 · 0.01 / 199.
  const auto uneven = response_indicator({{{"young"}, 100, 40}, {{"old"}, 100, 60}});
  CHECK(uneven->r == Approx(1 - 2 * std::sqrt(2.0 / 199)));
  CHECK(uneven->adjusted_r > uneven->r);
  CHECK(uneven->partial.size() == 3);
  CHECK(uneven->partial[0].value == Approx(0.1));
  CHECK(uneven->partial[2].value == Approx(-0.1 * std::sqrt(0.5)));
  // Rows merged beforehand or not: the same.
  CHECK(response_indicator({{{"young"}, 60, 30}, {{"young"}, 40, 10}, {{"old"}, 100, 60}})->r == Approx(uneven->r));
  CHECK(response_indicator({}).error().code == ErrorCode::no_valid_answers);
  CHECK(response_indicator({{{"a"}, 1, 2}}).error().code == ErrorCode::out_of_range);
  CHECK(response_indicator({{{"a"}, 5, 2}, {{"a", "b"}, 5, 2}}).error().code == ErrorCode::design_invalid);
}

TEST_CASE("contradictions are counted where both answers were given") {
  AnswerSheet sheet;
  sheet.items = {{"never_went", 2, Direction::none, true}, {"how_it_was", 5, Direction::up, true}, {"a", 5, Direction::up, true}, {"b", 5, Direction::down, true}};
  sheet.places = sheet.groups = {"x"};
  sheet.contradictions = {{0, {1}, 1, {0, 1, 2, 3, 4}}, {2, {4}, 3, {4}}};
  const auto add = [&](std::vector<std::uint8_t> row) {
    sheet.place.push_back(0);
    sheet.group.push_back(0);
    sheet.codes.insert(sheet.codes.end(), row.begin(), row.end());
  };
  add({1, 3, 4, 4});
  add({1, kNoAnswer, 4, 0});
  add({0, 3, 1, 2});
  const auto report = assess(sheet);
  REQUIRE(report);
  CHECK(report->flags[0] == 1U << static_cast<unsigned>(Flag::contradiction));
  CHECK(report->flags[1] == 0);
  CHECK(report->flags[2] == 0);
}

TEST_CASE("tables are read as they come, and what is wrong with them is said") {
  Faults faults;
  AnswerTableOptions options;
  options.contradictions = {"a=1&b=1"};
  const auto sheet = read_answer_table("t.csv", "unit,a,b,c\nx,1,5,yes\nx,3,~dont_know,no\ny,,1,yes\n", options, faults);
  CHECK(faults.empty());
  REQUIRE(sheet.items.size() == 2);  // words are no answers unless asked for
  CHECK(sheet.items[0].options == 5);
  CHECK(sheet.row(1)[1] == kNoAnswer);
  CHECK(sheet.row(2)[0] == kNoAnswer);
  CHECK(sheet.contradictions.size() == 1);
  options.items = {"c"};
  options.contradictions = {"c=yes&c=maybe"};
  CHECK(read_answer_table("t.csv", "unit,a,c\nx,1,yes\nx,1,no\n", options, faults).items[0].direction == Direction::none);
  CHECK(faults.size() == 1);
  for (const char* text : {"", "unit\n", "a,b\n1,2\n", "unit,c\n"}) {
    Faults found;
    read_answer_table("t.csv", text, AnswerTableOptions{}, found);
    INFO(text);
    CHECK_FALSE(found.empty());
  }
}
