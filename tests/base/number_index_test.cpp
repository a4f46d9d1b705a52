#include "base/number_index.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>

using namespace khaosat;

TEST_CASE("numbers are found where they were put, and others are not") {
  std::mt19937_64 random(1);
  for (const std::uint64_t step : {std::uint64_t{1}, std::uint64_t{64}, std::uint64_t{1} << 32U, std::uint64_t{0}}) {
    NumberIndex index;
    std::map<std::uint64_t, std::uint32_t> expected;
    CHECK_FALSE(index.find(0));
    for (std::uint32_t position = 0; position < 5000; ++position) {
      const std::uint64_t number = step == 0 ? random() : step * position;
      if (!expected.emplace(number, position).second) continue;
      CHECK_FALSE(index.find(number));
      index.add(number, position);
    }
    bool right = true;
    for (const auto& [number, position] : expected) {
      right = right && index.find(number) == position;
      if (!expected.contains(number + 1)) right = right && !index.find(number + 1);
    }
    CHECK(right);
  }
}
