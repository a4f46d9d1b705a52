// Rank sets against R (tests/fixtures/statistics/more/make_change.R) and their laws.
#include "analysis/ranks/rank_sets.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/estimate/distributions.h"
#include "analysis/robustness/random_stream.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::ranks;
using khaosat::robustness::RandomStream;
using nlohmann::json;

namespace {

std::vector<RankedValue> values_of(const json& known) {
  std::vector<RankedValue> values;
  for (std::size_t k = 0; k < known["value"].size(); ++k) values.push_back({known["value"][k], known["se"][k], known["df"][k]});
  return values;
}

}  // namespace

TEST_CASE("rank sets agree with R", "[ranks][parity]") {
  const json known = json::parse(test::read_file("tests/fixtures/statistics/more/change.json"))["ranks"];
  const auto values = values_of(known);
  const auto sidak = rank_sets(values, {}, known["level"]).value();
  const auto bonferroni = rank_sets(values, {}, known["level"], Simultaneous::bonferroni).value();
  for (std::size_t k = 0; k < values.size(); ++k) {
    INFO("value " << k);
    CHECK(sidak.rank[k] == known["rank"][k].get<std::uint32_t>());
    CHECK(sidak.joint[k].best == known["joint_best"][k].get<std::uint32_t>());
    CHECK(sidak.joint[k].worst == known["joint_worst"][k].get<std::uint32_t>());
    CHECK(bonferroni.joint[k].best == known["bonferroni_best"][k].get<std::uint32_t>());
    CHECK(bonferroni.joint[k].worst == known["bonferroni_worst"][k].get<std::uint32_t>());
    CHECK(sidak.joint_pairs[k].best == known["pairs_best"][k].get<std::uint32_t>());
    CHECK(sidak.joint_pairs[k].worst == known["pairs_worst"][k].get<std::uint32_t>());
    CHECK(sidak.marginal[k].best == known["marginal_best"][k].get<std::uint32_t>());
    CHECK(sidak.marginal[k].worst == known["marginal_worst"][k].get<std::uint32_t>());
  }
}

TEST_CASE("every rank set holds the rank itself, and joint sets hold marginal ones", "[ranks][laws]") {
  RandomStream random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<RankedValue> values;
    const std::size_t count = 2 + random.below(20);
    for (std::size_t k = 0; k < count; ++k)
      values.push_back({std::round(100 * random.uniform()), 0.1 + 10 * random.uniform(), 1.0 + static_cast<double>(random.below(9))});
    const auto sets = rank_sets(values, {}, 0.9).value();
    for (std::size_t k = 0; k < count; ++k) {
      for (const auto* list : {&sets.joint, &sets.joint_pairs, &sets.marginal}) {
        CHECK((*list)[k].best <= sets.rank[k]);
        CHECK(sets.rank[k] <= (*list)[k].worst);
        CHECK((*list)[k].worst <= count);
      }
      CHECK(sets.joint_pairs[k].best <= sets.marginal[k].best);
      CHECK(sets.joint_pairs[k].worst >= sets.marginal[k].worst);
      CHECK(sets.group[k] >= 1);
      CHECK(sets.group[k] <= sets.groups);
      for (std::size_t other = 0; other < count; ++other)
        if (values[k].value > values[other].value) CHECK(sets.group[k] <= sets.group[other]);
    }
  }
}

TEST_CASE("joint rank sets cover the true ranks as often as they say", "[ranks][laws]") {
  RandomStream random(11);
  const std::vector<double> truth = {50, 50.5, 52, 55, 55.2, 58, 61, 64};
  int covered = 0;
  int covered_by_pairs = 0;
  const int rounds = 2000;
  for (int round = 0; round < rounds; ++round) {
    std::vector<RankedValue> values;
    for (const double value : truth)
      values.push_back({value + estimate::normal_quantile(random.uniform()), 1, std::numeric_limits<double>::infinity()});
    const auto sets = rank_sets(values, {}, 0.9).value();
    bool all = true;
    bool all_pairs = true;
    for (std::uint32_t k = 0; k < truth.size(); ++k) {
      const std::uint32_t rank = static_cast<std::uint32_t>(truth.size()) - k;
      all = all && sets.joint[k].best <= rank && rank <= sets.joint[k].worst;
      all_pairs = all_pairs && sets.joint_pairs[k].best <= rank && rank <= sets.joint_pairs[k].worst;
    }
    covered += all ? 1 : 0;
    covered_by_pairs += all_pairs ? 1 : 0;
  }
  CHECK(covered >= 0.9 * rounds);
  CHECK(covered_by_pairs >= 0.9 * rounds);
}

TEST_CASE("far apart: bare ranks; equal: every rank possible and one group", "[ranks]") {
  const std::vector<RankedValue> apart = {{10, 0.1, 5}, {90, 0.1, 5}, {50, 0.1, 5}};
  const auto sharp = rank_sets(apart, {}, 0.95).value();
  for (std::size_t k = 0; k < 3; ++k) CHECK(sharp.joint[k].best == sharp.joint[k].worst);
  CHECK(sharp.group == std::vector<std::uint32_t>{3, 1, 2});
  const std::vector<RankedValue> equal = {{10, 1, 5}, {10, 2, 5}, {10, 1, 3}};
  const auto blunt = rank_sets(equal, {}, 0.95).value();
  for (const RankSet& set : blunt.marginal) {
    CHECK(set.best == 1);
    CHECK(set.worst == 3);
  }
  CHECK(blunt.rank == std::vector<std::uint32_t>{1, 1, 1});
  CHECK(blunt.groups == 1);
}

TEST_CASE("ranks without errors are refused", "[ranks]") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(rank_sets(std::vector<RankedValue>{{1, 1, 5}}, {}, 0.9).error().code == ErrorCode::out_of_range);
  for (const RankedValue bad : {RankedValue{1, 0, 5}, RankedValue{1, inf, 5}, RankedValue{1, 1, 0}, RankedValue{NAN, 1, 5}})
    CHECK(rank_sets(std::vector<RankedValue>{{1, 1, 5}, bad}, {}, 0.9).error().code == ErrorCode::out_of_range);
  const std::vector<RankedValue> two = {{1, 1, 5}, {2, 1, 5}};
  CHECK(rank_sets(two, std::vector<double>(3), 0.9).error().code == ErrorCode::design_invalid);
  for (const double level : {0.0, 1.0, static_cast<double>(NAN)}) CHECK_FALSE(rank_sets(two, {}, level).has_value());
}

TEST_CASE("few degrees of freedom do not break the promise of rank sets", "[ranks][laws]") {
  // Errors estimated from four villages each: t with 3 degrees of freedom.
  RandomStream random(23);
  const std::vector<double> truth = {40, 41, 41.5, 44, 46, 50};
  const std::size_t n = truth.size();
  const auto normal = [&] { return estimate::normal_quantile(random.uniform()); };
  const int rounds = 2000;
  int joint = 0;
  int pairs = 0;
  std::vector<int> marginal(n, 0);
  for (int round = 0; round < rounds; ++round) {
    std::vector<RankedValue> values;
    for (std::size_t k = 0; k < n; ++k) {
      double squares = 0;
      for (int village = 0; village < 3; ++village) squares += std::pow(normal(), 2) / 3;
      values.push_back({truth[k] + normal(), std::sqrt(squares), 3});
    }
    const auto sets = rank_sets(values, {}, 0.9).value();
    bool all = true;
    bool all_pairs = true;
    for (std::uint32_t k = 0; k < n; ++k) {
      const auto rank = static_cast<std::uint32_t>(n - k);
      const auto holds = [&](const RankSet& set) { return set.best <= rank && rank <= set.worst; };
      all = all && holds(sets.joint[k]);
      all_pairs = all_pairs && holds(sets.joint_pairs[k]);
      marginal[k] += holds(sets.marginal[k]) ? 1 : 0;
    }
    joint += all ? 1 : 0;
    pairs += all_pairs ? 1 : 0;
  }
  CHECK(joint >= 0.9 * rounds);
  CHECK(pairs >= 0.9 * rounds);
  for (const int held : marginal) CHECK(held >= 0.9 * rounds);
}

TEST_CASE("two units can be told apart exactly where the test of their difference says so", "[ranks]") {
  const double inf = std::numeric_limits<double>::infinity();
  // Errors 3 and 4: the difference has an error of 5, or of 1 with a covariance of 12.
  for (const double gap : {9.7, 9.9}) {
    const std::vector<RankedValue> values = {{50 + gap, 3, inf}, {50, 4, inf}};
    const auto sets = rank_sets(values, {}, 0.95).value();
    CHECK((sets.groups == 2) == (gap > 5 * 1.959963984540054));
    CHECK(sets.marginal[0].worst == (gap > 5 * 1.959963984540054 ? 1U : 2U));
  }
  const std::vector<RankedValue> near = {{52, 3, inf}, {50, 4, inf}};
  CHECK(rank_sets(near, {}, 0.95)->groups == 1);
  CHECK(rank_sets(near, std::vector<double>{9, 12, 12, 16}, 0.95)->groups == 2);
}
