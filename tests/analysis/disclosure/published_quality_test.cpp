// An attacker with everything the quality panel publishes, and pencil and paper.
#include <catch2/catch.hpp>

#include <algorithm>
#include <random>

#include "analysis/disclosure/published_quality.h"

using namespace khaosat;
using namespace khaosat::disclosure;

namespace {

struct Made {
  quality::AnswerSheet sheet;
  quality::QualityReport report;
};

// One place of n people whose flags fall at random, some flags rare, some common, often together.
Made random_place(std::mt19937_64& luck) {
  Made made;
  const auto pick = [&](std::uint64_t most) { return luck() % (most + 1); };
  made.sheet.places = {"p"};
  quality::PlaceQuality place;
  place.respondents = pick(3) == 0 ? pick(24) : 10 + pick(120);
  std::uint64_t often[quality::kFlags];
  for (auto& one : often) one = pick(2) == 0 ? 0 : pick(30);
  const bool all_at_once = pick(3) == 0;
  for (std::uint64_t who = 0; who < place.respondents; ++who) {
    bool any = false;
    const auto same = pick(99);
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) {
      const bool raised = (all_at_once ? same : pick(99)) < often[flag];
      place.by_flag[flag] += raised;
      any = any || raised;
    }
    place.flagged += any;
    if (!any && pick(9) == 0) ++place.one_answer_throughout;
  }
  made.report.respondents = place.respondents;
  made.report.places = {place};
  return made;
}

std::uint64_t values(const CountRange& range) { return range.high < range.low ? 0 : range.high - range.low + 1; }
bool exact(const CountRange& range) { return range.low == range.high; }
bool holds(const CountRange& range, std::uint64_t truth) { return range.low <= truth && truth <= range.high; }

// What follows from: the flagged are at least as many as of any flag and at most as many as of all flags; scores
// without the flagged are shown only where the minimum is among both the flagged and the rest.
void attack(PublishedPlace& seen, bool scores_shown, const DisclosureRules& rules) {
  for (int round = 0; round < 4; ++round) {
    std::uint64_t most = 0;
    for (const auto& one : seen.by_flag) {
      most += one.high;
      seen.flagged.low = std::max(seen.flagged.low, one.low);
    }
    seen.flagged.high = std::min({seen.flagged.high, most, seen.respondents.high});
    if (scores_shown) {
      seen.flagged.low = std::max(seen.flagged.low, rules.minimum);
      if (exact(seen.respondents)) seen.flagged.high = std::min(seen.flagged.high, seen.respondents.high - rules.minimum);
    }
    for (auto& one : seen.by_flag) {
      const std::uint64_t others = most - one.high;
      if (seen.flagged.low > others) one.low = std::max(one.low, seen.flagged.low - others);
      one.high = std::min(one.high, seen.flagged.high);
    }
  }
}

}  // namespace

TEST_CASE("from a hundred thousand published places nobody derives a count that was told as a range") {
  std::mt19937_64 luck(20261122);
  int hidden = 0;
  for (int at = 0; at < 100'000; ++at) {
    const Made made = random_place(luck);
    const auto rules = at % 2 == 0 ? rules_for_citizens() : rules_for_staff();
    const auto published = publish_quality(made.sheet, made.report, rules);
    const auto& truth = made.report.places[0];
    PublishedPlace seen = published.places[0];
    if (!seen.shown) {
      REQUIRE(truth.respondents < rules.minimum);
      REQUIRE(values(seen.respondents) >= rules.minimum);
      continue;
    }
    // Ranges are true.
    REQUIRE(holds(seen.respondents, truth.respondents));
    REQUIRE(holds(seen.flagged, truth.flagged));
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) REQUIRE(holds(seen.by_flag[flag], truth.by_flag[flag]));
    const PublishedPlace told = seen;
    const bool scores_shown = truth.flagged >= rules.minimum && truth.respondents - truth.flagged >= rules.minimum;
    attack(seen, scores_shown, rules);
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) {
      INFO(at << " " << flag << " of " << truth.respondents << ": " << told.by_flag[flag].low << "-" << told.by_flag[flag].high << " became "
              << seen.by_flag[flag].low << "-" << seen.by_flag[flag].high);
      if (exact(told.by_flag[flag])) {
        REQUIRE((truth.by_flag[flag] == 0 || truth.by_flag[flag] >= rules.minimum));
      } else {
        ++hidden;
        REQUIRE(values(seen.by_flag[flag]) >= rules.minimum - 1);
      }
    }
    // Nor is either part of the place, with and without flags, pinned to a few people.
    if (values(seen.flagged) < rules.minimum - 1 && truth.flagged > 0) {
      REQUIRE(truth.flagged >= rules.minimum);
      REQUIRE(truth.respondents - truth.flagged >= rules.minimum);
    }
  }
  CHECK(hidden > 10'000);
}

TEST_CASE("totals tell no more than the sum of what units tell") {
  std::mt19937_64 luck(7);
  for (int at = 0; at < 500; ++at) {
    Made all;
    for (int place = 0; place < 5; ++place) {
      Made one = random_place(luck);
      all.sheet.places.push_back("p" + std::to_string(place));
      all.report.places.push_back(one.report.places[0]);
      all.report.respondents += one.report.respondents;
    }
    const auto published = publish_quality(all.sheet, all.report, rules_for_citizens());
    CountRange sum;
    for (const auto& place : published.places) {
      sum.low += place.flagged.low;
      sum.high += place.flagged.high;
    }
    REQUIRE(published.flagged.low == sum.low);
    REQUIRE(published.flagged.high == sum.high);
  }
}

TEST_CASE("visits, back-checks and evenness of response leave in steps, and not at all for a few people") {
  PublishedQuality out;
  out.rules = rules_for_citizens();
  publish_visits(out, {{"Nhóm 1", 43, 7}, {"Nhóm 2", 12, 12}, {"Nhóm 3", 3, 1}});
  REQUIRE(out.interviewers.size() == 3);
  CHECK(out.interviewers[0].interviewed == 40);
  CHECK(out.interviewers[1].refused->percent == 50);
  CHECK(out.interviewers[2].interviewed == 0);
  CHECK_FALSE(out.interviewers[2].refused);
  REQUIRE(out.refusal_p);
  CHECK(*out.refusal_p < 0.01);  // prop.test(c(7, 12), c(50, 24), correct = FALSE): 0.0009

  const auto check = [](std::uint64_t people) {
    std::vector<quality::BackCheckCell> cells{{0, 0, 0, people}, {1, 0, 2, 2}, {1, 0, 0, 6}, {2, 1, 1, 4}};
    return *quality::back_check(cells, 3);
  };
  publish_back_check(out, check(2));
  CHECK_FALSE(out.back_check);
  publish_back_check(out, check(20));
  REQUIRE(out.back_check);
  CHECK(out.back_check->people == 30);
  CHECK(out.back_check->agreed.percent % 5 == 0);
  CHECK(out.back_check->agreed.lower <= out.back_check->agreed.percent);
  CHECK(out.back_check->confirmed);

  const std::vector<quality::ResponseCell> two{{{"a"}, 100, 60}, {{"b"}, 100, 40}};
  publish_response(out, *quality::response_indicator(two), 200, 100);
  CHECK_FALSE(out.response);  // R and the rate of two places give both counts
  const std::vector<quality::ResponseCell> three{{{"a"}, 100, 60}, {{"b"}, 100, 40}, {{"c"}, 100, 47}};
  publish_response(out, *quality::response_indicator(three), 300, 147);
  REQUIRE(out.response);
  CHECK(out.response->rate_percent == 49);
  const std::vector<quality::ResponseCell> nearly{{{"a"}, 10, 10}, {{"b"}, 10, 10}, {{"c"}, 10, 7}};
  PublishedQuality other;
  publish_response(other, *quality::response_indicator(nearly), 30, 27);
  CHECK_FALSE(other.response);  // three people who did not answer
}
