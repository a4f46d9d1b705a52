#include "server/storage/batch.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

using namespace khaosat;

TEST_CASE("a random order is a permutation, and every one is about as likely") {
  std::map<std::vector<std::size_t>, int> seen;
  constexpr int kDraws = 6000;
  for (int i = 0; i < kDraws; ++i) ++seen[random_order(3)];
  REQUIRE(seen.size() == 6);
  // Binomial(6000, 1/6): mean 1000, standard deviation 29; six of them off by 6 sigma never
  // happens.
  for (const auto& [order, count] : seen) CHECK(std::abs(count - 1000) < 175);
  CHECK(random_order(0).empty());
  CHECK(random_order(1) == std::vector<std::size_t>{0});
}

TEST_CASE("as many batches leave as keep k waiting") {
  for (int k = 1; k <= 12; ++k) {
    for (int waiting = 0; waiting < 60; ++waiting) {
      int expected = 0;
      for (int left = waiting; left >= 2 * k; left -= k) ++expected;
      REQUIRE(batches_ready(waiting, k) == expected);
    }
  }
}
