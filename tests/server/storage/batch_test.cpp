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

TEST_CASE("a batch before closing holds one version, and k of each stay behind") {
  std::vector<int> versions;
  for (int i = 0; i < 47; ++i) versions.push_back(i % 3 == 0 ? 1 : 2);  // 16 of version 1, 31 of version 2
  const auto batches = batches_of_one_version(versions, 8);
  std::map<int, int> moved;
  std::vector<std::size_t> all;
  for (const auto& batch : batches) {
    CHECK(batch.size() == 8);
    for (const std::size_t index : batch) CHECK(versions[index] == versions[batch.front()]);
    moved[versions[batch.front()]] += static_cast<int>(batch.size());
    all.insert(all.end(), batch.begin(), batch.end());
  }
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  CHECK(moved == std::map<int, int>{{1, 8}, {2, 16}});
  CHECK(batches_of_one_version(std::vector<int>(15, 1), 8).empty());
}

TEST_CASE("mode and language are blurred where few of one version share them") {
  std::vector<Response> batch;
  const auto add = [&](int count, int version, Mode mode) {
    for (int i = 0; i < count; ++i) {
      Response one;
      one.questionnaire_version = version;
      one.mode = mode;
      one.language = "vi";
      batch.push_back(one);
    }
  };
  add(12, 1, Mode::phone);
  add(3, 2, Mode::phone);
  add(10, 2, Mode::paper);
  coarsen(batch, 10);
  for (const auto& one : batch) {
    if (one.questionnaire_version == 1) CHECK(one.mode == Mode::phone);
    else CHECK((one.mode == Mode::paper || one.mode == Mode::unknown));
    CHECK(one.language == "vi");  // 13 of version 2 share it
  }
  CHECK(std::count_if(batch.begin(), batch.end(), [](const Response& one) { return one.mode == Mode::unknown; }) == 3);
}
