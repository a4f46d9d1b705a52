#include "analysis/disclosure/distribution.h"

#include <catch2/catch.hpp>

using namespace khaosat::disclosure;
using State = PublishedDistribution::State;

namespace {
PublishedDistribution of(const std::vector<std::uint64_t>& counts, const DisclosureRules& rules = {}) {
  return publish_distribution(counts, rules);
}
}  // namespace

TEST_CASE("distributions are coarser the fewer answered", "[disclosure]") {
  CHECK(of({1, 1, 1, 1, 0}).state == State::hidden);
  CHECK(of({2, 2, 2, 1, 0}).state == State::mean_only);
  const PublishedDistribution three = of({1, 2, 3, 4, 5});
  REQUIRE(three.state == State::shown);
  REQUIRE(three.shares.size() == 3);
  CHECK(three.shares[0].last_option == 1);
  CHECK(three.shares[0].percent == 20);
  CHECK(three.shares[1].percent == 20);
  CHECK(three.shares[2].percent == 60);
  const PublishedDistribution five = of({1, 2, 7, 13, 20});
  REQUIRE(five.shares.size() == 5);
  for (const PublishedShare& share : five.shares) CHECK(share.percent % 5 == 0);
  const PublishedDistribution fine = of({11, 20, 70, 59, 40});
  CHECK(fine.shares[0].percent == 6);
}

TEST_CASE("staff need ten", "[disclosure]") {
  CHECK(of({2, 2, 2, 2, 1}, rules_for_staff()).state == State::hidden);
  CHECK(of({2, 2, 2, 2, 2}, rules_for_staff()).state == State::shown);
}

TEST_CASE("when all answered alike only a bound is told", "[disclosure]") {
  const PublishedDistribution alike = of({0, 0, 0, 0, 40});
  CHECK(alike.state == State::alike);
  CHECK(alike.at_least_percent == 80);
  CHECK(alike.shares.empty());
  CHECK(of({0, 0, 0, 3, 12}).state == State::alike);  // within one of three categories
  CHECK(of({0, 0, 0, 0, 6}).state == State::alike);
}
