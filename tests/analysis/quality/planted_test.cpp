// Copies and coached people surface, the honest do not: on the reference file and on files of other seeds,
// sizes and scales.
#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>
#include <random>

#include "tests/analysis/quality/planted.h"

using namespace khaosat;
using namespace khaosat::quality;

TEST_CASE("on the reference file every copy and every coached person surfaces, and nobody honest") {
  const PlantedFile file = reference_file();
  REQUIRE(file.sheet.size() == 240);
  const auto report = assess(file.sheet);
  REQUIRE(report);
  const Surfaced found = surfaced(file, *report);
  CHECK(found.copied == 10);
  CHECK(found.coached == 20);
  CHECK(found.honest == 0);
  CHECK(report->match.calibration == MatchCalibration::places);
  int honest_by_any = 0;
  int straight = 0;
  int fast = 0;
  for (std::size_t who = 0; who < file.truth.size(); ++who) {
    honest_by_any += file.truth[who] == Planted::honest && report->flags[who] != 0;
    straight += file.truth[who] == Planted::straight && has(report->flags[who], Flag::straight_line);
    fast += file.truth[who] == Planted::other && has(report->flags[who], Flag::fast);
  }
  CHECK(honest_by_any == 0);
  CHECK(straight == 2);
  CHECK(fast == 4);  // those who answered at random in a hurry
}

TEST_CASE("a file that could not show copies says so, and one that could does not") {
  struct Shape {
    int items;
    int options;
    bool few;
  };
  const auto [items, options, few] = GENERATE(Shape{6, 5, true}, Shape{15, 3, true}, Shape{10, 5, true}, Shape{20, 5, false}, Shape{10, 10, false},
                                              Shape{60, 4, false});
  double found = 0;
  double planted = 0;
  for (std::uint64_t seed = 9100; seed < 9104; ++seed) {
    PlantedPlan plan;
    plan.seed = seed;
    plan.items = items;
    plan.options = options;
    plan.reversed = false;
    plan.missing = 0;
    plan.changed = 0.02;
    const PlantedFile file = planted_file(plan);
    const auto report = assess(file.sheet);
    REQUIRE(report);
    CHECK(report->few_items == few);
    const Surfaced one = surfaced(file, *report);
    found += one.copied;
    planted += one.copied_of;
  }
  INFO(items << " items, " << options << " options: " << found << " of " << planted);
  if (!few) CHECK(found >= 0.9 * planted);
}

namespace {

struct Kind {
  const char* name;
  PlantedPlan plan;
  double least_recall;
  double most_honest = 0.015;  // of the honest, flagged by mistake
};

std::vector<Kind> kinds() {
  std::vector<Kind> kinds;
  const auto add = [&](const char* name, double recall, auto change) {
    PlantedPlan plan;
    change(plan);
    kinds.push_back({name, plan, recall});
    // Three options leave little to tell people apart by.
    if (plan.options == 3) kinds.back().most_honest = 0.03;
  };
  add("as the reference", 0.85, [](PlantedPlan&) {});
  add("four options", 0.75, [](PlantedPlan& plan) { plan.options = 4; plan.items = 24; });
  add("seven options", 0.85, [](PlantedPlan& plan) { plan.options = 7; });
  add("ten options", 0.85, [](PlantedPlan& plan) { plan.options = 10; plan.items = 25; });
  add("three options, many items", 0.75, [](PlantedPlan& plan) { plan.options = 3; plan.items = 45; });
  add("no item turned round", 0.85, [](PlantedPlan& plan) { plan.reversed = false; });
  add("many small places", 0.65, [](PlantedPlan& plan) { plan.places = 20; plan.people = 25; plan.coached = 12; plan.copies = 6; plan.group_size = 5; });
  add("few large places", 0.85, [](PlantedPlan& plan) { plan.places = 3; plan.people = 150; plan.coached = 40; plan.copies = 15; plan.group_size = 15; });
  add("two excellent places", 0.7, [](PlantedPlan& plan) { plan.excellent = 2; plan.places = 8; });
  add("people who differ little", 0.85, [](PlantedPlan& plan) { plan.person_spread = 0.3; });
  return kinds;
}

// Files of one kind, one for each seed.
Surfaced surfaced_over(const Kind& kind, const std::vector<std::uint64_t>& seeds) {
  Surfaced all;
  for (const std::uint64_t seed : seeds) {
    PlantedPlan plan = kind.plan;
    plan.seed = seed;
    const PlantedFile file = planted_file(plan);
    const auto report = assess(file.sheet);
    REQUIRE(report);
    const Surfaced found = surfaced(file, *report);
    all.copied += found.copied;
    all.copied_of += found.copied_of;
    all.coached += found.coached;
    all.coached_of += found.coached_of;
    all.honest += found.honest;
    all.honest_of += found.honest_of;
  }
  return all;
}

std::string in_words(const Kind& kind, const Surfaced& found) {
  return std::string(kind.name) + ": copied " + std::to_string(found.copied) + "/" + std::to_string(found.copied_of) + ", coached " +
         std::to_string(found.coached) + "/" + std::to_string(found.coached_of) + ", honest " + std::to_string(found.honest) + "/" +
         std::to_string(found.honest_of);
}

}  // namespace

TEST_CASE("the method works on other files of the same kind") {
  for (const Kind& kind : kinds()) {
    const Surfaced found = surfaced_over(kind, {7919, 15838, 23757, 31676, 39595, 47514});
    INFO(in_words(kind, found));
    CHECK(found.recall() >= kind.least_recall);
    CHECK(found.honest <= kind.most_honest * found.honest_of);
  }
}

// The thresholds of the method were set while looking at the seeds above and at the honest files below.
// These were chosen before anybody looked (powers of 3 and 7 modulo a prime) and nothing is to be tuned to
// them; what they gave stands in analysis/quality/README.md.
TEST_CASE("on files nobody looked at before, recall and false alarms are what the README states") {
  std::vector<std::uint64_t> seeds;
  for (std::uint64_t seed = 3; seeds.size() < 20; seed = seed * 21 % 1000003) seeds.push_back(seed);
  for (const Kind& kind : kinds()) {
    const Surfaced found = surfaced_over(kind, seeds);
    INFO(in_words(kind, found));
    CHECK(found.recall() >= kind.least_recall);
    CHECK(found.honest <= kind.most_honest * found.honest_of);
  }
}

TEST_CASE("files of honest people raise hardly a flag, also where offices are excellent or many tick one option") {
  for (const int excellent : {0, 2, 6}) {
    for (const double straight : {0.0, 0.25}) {
      int honest = 0;
      int honest_of = 0;
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        PlantedPlan plan;
        plan.seed = 104729 * seed;
        plan.copies = 0;
        plan.coached = 0;
        plan.excellent = excellent;
        plan.straight = straight;
        const PlantedFile file = planted_file(plan);
        const auto report = assess(file.sheet);
        REQUIRE(report);
        const Surfaced found = surfaced(file, *report);
        honest += found.honest + found.straight;
        honest_of += found.honest_of + found.straight_of;
      }
      INFO(excellent << " excellent, " << straight << " tick one option: " << honest << " of " << honest_of);
      CHECK(honest <= 0.02 * honest_of);
    }
  }
}

TEST_CASE("content villages that differ from each other are not taken for coached ones") {
  int honest = 0;
  int honest_of = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    PlantedPlan plan;
    plan.seed = 15485863 * seed;
    plan.copies = plan.coached = 0;
    plan.places = 5;
    plan.people = 80;
    plan.group_size = 20;
    plan.items = 60;
    plan.options = seed % 2 == 0 ? 3 : 5;
    plan.reversed = false;
    plan.level = 0.75;
    plan.item_spread = 0.1;
    plan.group_spread = 0.35;
    plan.person_spread = 0.7;
    plan.noise = 0.8;
    const PlantedFile file = planted_file(plan);
    const auto report = assess(file.sheet);
    REQUIRE(report);
    const Surfaced found = surfaced(file, *report);
    UNSCOPED_INFO(plan.seed << ": " << found.honest);
    honest += found.honest;
    honest_of += found.honest_of;
  }
  INFO(honest << " of " << honest_of);
  CHECK(honest <= 0.02 * honest_of);
}

TEST_CASE("the order of rows changes no flag and no count, and flags change no answer") {
  PlantedPlan plan;
  plan.places = 4;
  const PlantedFile file = planted_file(plan);
  const AnswerSheet before = file.sheet;
  const auto report = assess(file.sheet);
  REQUIRE(report);
  CHECK(file.sheet.codes == before.codes);
  CHECK(file.sheet.size() == before.size());
  std::uint64_t counted = 0;
  for (const auto& place : report->places) counted += place.respondents;
  CHECK(counted == file.sheet.size());

  std::vector<std::uint32_t> order(file.sheet.size());
  std::iota(order.begin(), order.end(), 0U);
  std::mt19937 engine(5);
  std::shuffle(order.begin(), order.end(), engine);
  AnswerSheet mixed;
  mixed.items = before.items;
  // Numbers of places and groups follow the rows, as they do when a table is read.
  for (const auto who : order) {
    const auto number = [](std::vector<std::string>& names, const std::string& name) {
      const auto at = std::find(names.begin(), names.end(), name);
      if (at != names.end()) return static_cast<std::uint32_t>(at - names.begin());
      names.push_back(name);
      return static_cast<std::uint32_t>(names.size() - 1);
    };
    mixed.place.push_back(number(mixed.places, before.places[before.place[who]]));
    mixed.group.push_back(number(mixed.groups, before.groups[before.group[who]]));
    mixed.codes.insert(mixed.codes.end(), before.row(who), before.row(who) + before.items.size());
  }
  const auto again = assess(mixed);
  REQUIRE(again);
  for (std::size_t at = 0; at < order.size(); ++at) {
    REQUIRE(again->flags[at] == report->flags[order[at]]);
    REQUIRE(again->match.best[at] == report->match.best[order[at]]);
    REQUIRE(again->match.difference[at] == report->match.difference[order[at]]);
  }
  CHECK(again->group_effect->f == Approx(report->group_effect->f).epsilon(1e-10));
}

TEST_CASE("a large place is compared in blocks, and whole groups of copies still surface") {
  PlantedPlan plan;
  plan.places = 2;
  plan.people = 900;
  plan.group_size = 30;
  plan.copies = 20;
  plan.coached = 0;
  const PlantedFile file = planted_file(plan);
  const auto report = assess(file.sheet);
  REQUIRE(report);
  CHECK(report->match.in_blocks);
  const Surfaced found = surfaced(file, *report);
  CHECK(found.copied >= 18);
  CHECK(found.honest <= 5);
}

TEST_CASE("what cannot be looked at is refused or said") {
  CHECK(assess(AnswerSheet{}).error().code == ErrorCode::too_few_answers);
  PlantedPlan plan;
  plan.places = 2;
  AnswerSheet sheet = planted_file(plan).sheet;
  SECTION("a code beyond the options") {
    sheet.codes[3] = 77;
    CHECK(assess(sheet).error().code == ErrorCode::design_invalid);
  }
  SECTION("columns of other lengths") {
    sheet.codes.pop_back();
    CHECK(assess(sheet).error().code == ErrorCode::design_invalid);
  }
  SECTION("one place: its groups stand for other places") {
    sheet.places = {"all"};
    std::fill(sheet.place.begin(), sheet.place.end(), 0U);
    CHECK(assess(sheet)->match.calibration == MatchCalibration::groups);
    sheet.groups = {"all"};
    std::fill(sheet.group.begin(), sheet.group.end(), 0U);
    CHECK(assess(sheet)->match.calibration == MatchCalibration::permutation);
  }
  SECTION("everybody ticks the same: nothing to compare, nothing divided by zero") {
    std::fill(sheet.codes.begin(), sheet.codes.end(), std::uint8_t{4});
    const auto report = assess(sheet);
    REQUIRE(report);
    CHECK_FALSE(report->place_effect);
    for (const auto& place : report->places) CHECK(*place.item_spread == 0);
  }
  SECTION("no answer at all") {
    std::fill(sheet.codes.begin(), sheet.codes.end(), kNoAnswer);
    const auto report = assess(sheet);
    REQUIRE(report);
    CHECK(report->places[0].missing_share == 1);
    CHECK_FALSE(report->places[0].item_spread);
  }
}
