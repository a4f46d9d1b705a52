// Classes of respondents by counts of the population: laws that hold whoever answered.
#include <catch2/catch.hpp>

#include <map>
#include <random>

#include "analysis/index/population_classes.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

struct Case {
  std::vector<std::string> unit;
  std::vector<double> weight;
  std::map<std::string, std::vector<std::string>> option;
  Population population;
};

// Two units, sex and age; some say nothing, some classes are rare.
Case random_case(std::mt19937& random, bool raked) {
  Case made;
  const std::vector<std::string> sexes{"f", "m"};
  const std::vector<std::string> ages{"a", "b", "c", "d"};
  std::uniform_int_distribution<int> one_of(0, 99);
  for (const std::string unit : {"u", "v"}) {
    const int people = 20 + one_of(random);
    for (int who = 0; who < people; ++who) {
      made.unit.push_back(unit);
      made.weight.push_back(1 + one_of(random) / 10.0);
      made.option["sex"].push_back(one_of(random) < 5 ? "" : sexes[one_of(random) < 70 ? 0 : 1]);
      made.option["age"].push_back(one_of(random) < 5 ? "" : ages[static_cast<std::size_t>(std::min(3, one_of(random) * one_of(random) / 1600))]);
    }
  }
  PopulationMargin both{{"sex", "age"}, true, {}};
  PopulationMargin by_sex{{"sex"}, true, {}};
  PopulationMargin by_age{{"age"}, true, {}};
  for (const std::string unit : {"u", "v"}) {
    std::map<std::string, std::uint64_t> of_age;
    for (const auto& sex : sexes) {
      std::uint64_t of_sex = 0;
      for (const auto& age : ages) {
        const auto people = static_cast<std::uint64_t>(100 + one_of(random));
        both.counts.push_back({unit, {sex, age}, people});
        of_age[age] += people;
        of_sex += people;
      }
      by_sex.counts.push_back({unit, {sex}, of_sex});
    }
    for (const auto& age : ages) by_age.counts.push_back({unit, {age}, of_age[age]});
  }
  made.population.margins = raked ? std::vector{by_sex, by_age} : std::vector{both};
  return made;
}

double sum_of(const std::map<std::string, double>& counts, const std::string& unit) {
  double sum = 0;
  for (const auto& [name, people] : counts)
    if (name.starts_with(unit + " ")) sum += people;
  return sum;
}

}  // namespace

TEST_CASE("classes hold the minimum, keep the total of their unit, and stand on categories alone") {
  std::mt19937 random(20261122);
  int joined = 0;
  int refused = 0;
  for (int round = 0; round < 300; ++round) {
    const bool raked = round % 2 == 1;
    const Case one = random_case(random, raked);
    RunCalibration said;
    const auto made = population_classes(one.population, {one.unit, one.weight, one.option}, 5, said);
    if (!made) {
      CHECK(said.refused == "too_many_unclassed");
      ++refused;
      continue;
    }
    joined += said.joined.empty() ? 0 : 1;
    CHECK(said.method == (raked ? "raking" : "post_stratification"));
    std::vector<PersonMargin> margins = made->margins;
    if (made->post_strata) margins.push_back(*made->post_strata);
    REQUIRE(margins.size() == one.population.margins.size());
    for (std::size_t k = 0; k < margins.size(); ++k) {
      std::map<std::string, int> respondents;
      for (const auto& name : margins[k].category) ++respondents[name];
      for (const auto& [name, n] : respondents) {
        CHECK(n >= 5);
        CHECK(margins[k].population.at(name) > 0);
      }
      CHECK(respondents.size() == margins[k].population.size());
      for (const std::string unit : {"u", "v"}) {
        double people = 0;
        for (const auto& count : one.population.margins[k].counts)
          if (count.unit == unit) people += static_cast<double>(count.people);
        CHECK(sum_of(margins[k].population, unit) == Approx(people));
      }
    }
  }
  // The cases are worth having.
  CHECK(joined > 50);
  CHECK(refused < 100);
}

TEST_CASE("who has no category keeps the share that their weights have") {
  Case one;
  for (int who = 0; who < 40; ++who) {
    one.unit.push_back("u");
    one.weight.push_back(who < 6 ? 4 : 2);
    one.option["sex"].push_back(who < 6 ? "" : who % 2 == 0 ? "f" : "m");
  }
  one.population.margins = {{{"sex"}, true, {{"u", {"f"}, 300}, {"u", {"m"}, 200}}}};
  RunCalibration said;
  const auto made = population_classes(one.population, {one.unit, one.weight, one.option}, 5, said);
  REQUIRE(made);
  const double share = 6 * 4.0 / (6 * 4 + 34 * 2);
  CHECK(made->post_strata->population.at("u -") == Approx(500 * share));
  CHECK(made->post_strata->population.at("u f") == Approx(300 * (1 - share)));
  CHECK(said.unclassed_percent == 15);
}

TEST_CASE("a unit nobody answered in is passed over where units stand alone, and refused beside a margin over all") {
  Case one;
  for (int who = 0; who < 20; ++who) {
    one.unit.push_back("u");
    one.weight.push_back(1);
    one.option["sex"].push_back(who % 2 == 0 ? "f" : "m");
  }
  const PopulationMargin by_unit{{"sex"}, true, {{"u", {"f"}, 30}, {"u", {"m"}, 20}, {"v", {"f"}, 30}, {"v", {"m"}, 20}}};
  one.population.margins = {by_unit};
  RunCalibration said;
  const auto alone = population_classes(one.population, {one.unit, one.weight, one.option}, 5, said);
  REQUIRE(alone);
  CHECK(alone->post_strata->population.size() == 2);
  one.population.margins = {by_unit, {{"sex"}, false, {{"", {"f"}, 60}, {"", {"m"}, 40}}}};
  said = {};
  CHECK_FALSE(population_classes(one.population, {one.unit, one.weight, one.option}, 5, said));
  CHECK(said.refused == "unit_without_answers");
  one.population.margins = {{{"sex"}, true, {{"v", {"f"}, 30}, {"v", {"m"}, 20}}}};
  said = {};
  CHECK_FALSE(population_classes(one.population, {one.unit, one.weight, one.option}, 5, said));
  CHECK(said.refused == "unit_without_counts");
}

TEST_CASE("two figures of the same people single out whoever's weight alone changed otherwise") {
  const auto with = [](int others, int few, double factor) {
    std::vector<double> before(static_cast<std::size_t>(others + few), 2);
    std::vector<double> after(before.size(), 3);
    for (int who = 0; who < few; ++who) after[static_cast<std::size_t>(others + who)] = 2 * factor;
    return singles_out(before, after, 5);
  };
  for (int few = 0; few < 5; ++few) {
    INFO(few);
    // They could be subtracted out, unless nobody differs.
    CHECK(with(30, few, 0.7) == (few > 0));
    CHECK_FALSE(with(30, few, 1.5));
  }
  CHECK_FALSE(with(30, 5, 0.7));
  CHECK_FALSE(singles_out({}, {}, 5));
  // What subtraction gives: with weights w and w·f, mean over all, the few follow from the two means.
  const double others = 80;
  const double few = 20;
  const double before = (30 * 2 * others + 2 * few) / (30 * 2 + 2);
  const double after = (30 * 3 * others + 1.4 * few) / (30 * 3 + 1.4);
  const double solved = (before * 62 - (after * 91.4 - before * 62 * 0.7) / (90 - 60 * 0.7) * 60) / 2;
  CHECK(solved == Approx(few));
}
