#include "server/services/draw_sample.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <random>

using namespace khaosat;

namespace {
std::vector<FramePerson> frame_of(int psus, int people) {
  std::vector<FramePerson> frame;
  for (int v = 0; v < psus; ++v) {
    for (int p = 0; p < people; ++p) frame.push_back({"v" + std::to_string(v), "p" + std::to_string(p)});
  }
  return frame;
}
std::vector<std::string> drawn_of(const Draw& draw) {
  std::vector<std::string> names;
  for (const auto& person : draw.people) {
    if (person.drawn) names.push_back(person.psu + person.person);
  }
  std::sort(names.begin(), names.end());
  return names;
}
}  // namespace

TEST_CASE("the same frame, seed and title draw the same people whatever the order of the list") {
  auto frame = frame_of(3, 40);
  const auto first = draw_sample("t", frame, "seed", 10);
  std::mt19937 random(5);
  std::shuffle(frame.begin(), frame.end(), random);
  const auto again = draw_sample("t", frame, "seed", 10);
  REQUIRE(first);
  REQUIRE(again);
  CHECK(drawn_of(*first) == drawn_of(*again));
  CHECK(drawn_of(*first).size() == 30);
  CHECK(drawn_of(*draw_sample("t", frame, "other", 10)) != drawn_of(*first));
}

TEST_CASE("an outsider with sha256sum and sort finds the same root") {
  const auto draw = draw_sample("t", {{"v1", "b"}, {"v1", "a"}}, "s", 1);
  REQUIRE(draw);
  // printf 'v1\ta\nv1\tb\n' | sha256sum
  CHECK(draw->root == "193d212e260c6167f33209b1acfdb87b412ab23b18a73e554edf0c1dc6d75ab2");
}

TEST_CASE("over many seeds everybody is drawn equally often") {
  const auto frame = frame_of(1, 20);
  std::map<std::string, int> times;
  constexpr int kSeeds = 4000;
  for (int seed = 0; seed < kSeeds; ++seed) {
    const auto draw = draw_sample("t", frame, std::to_string(seed), 5);
    for (const auto& name : drawn_of(*draw)) ++times[name];
  }
  double chi_squared = 0;
  const double expected = kSeeds * 5.0 / 20.0;
  for (const auto& [name, count] : times) chi_squared += (count - expected) * (count - expected) / expected;
  CHECK(times.size() == 20);
  CHECK(chi_squared < 43.8);  // 99.9 % point of chi-squared with 19 degrees of freedom
}

TEST_CASE("a frame with faults reports all of them with row and column") {
  const auto reading = read_frame_csv("frame.csv", "psu,person\nv1,a\n,b\nv1,a\nv1,\n");
  CHECK(reading.faults.size() == 3);
  CHECK_FALSE(draw_sample("t", {}, "s", 1));
  CHECK_FALSE(draw_sample("t", {{"v", "p"}}, "", 1));
  CHECK_FALSE(draw_sample("t", {{"v", "p"}}, "s", 0));
}
