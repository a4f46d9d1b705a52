// Declared contradictions, interviewers, and visits looked at again.
#include <catch2/catch.hpp>

#include <cmath>
#include <random>

#include "analysis/quality/agreement.h"
#include "analysis/quality/quality.h"

using namespace khaosat;
using namespace khaosat::quality;

namespace {

// `villages` of twelve people in each of two places; interviewer i goes to villages 2i and 2i + 1.
AnswerSheet field_sheet(std::uint32_t villages, double of_interviewer, double of_village, unsigned seed) {
  AnswerSheet sheet;
  for (int item = 0; item < 12; ++item) sheet.items.push_back({"q" + std::to_string(item), 5, Direction::up, true});
  sheet.places = {"xa_1", "xa_2"};
  std::mt19937 luck(seed);
  std::normal_distribution<double> normal;
  for (std::uint32_t village = 0; village < villages; ++village) sheet.groups.push_back("v" + std::to_string(village));
  for (std::uint32_t one = 0; one < (villages + 1) / 2; ++one) sheet.interviewers.push_back("i" + std::to_string(one));
  double shift = 0;
  for (std::uint32_t village = 0; village < villages; ++village) {
    if (village % 2 == 0) shift = of_interviewer * normal(luck);
    const double local = of_village * normal(luck);
    for (int person = 0; person < 12; ++person) {
      sheet.place.push_back(village < villages / 2 ? 0 : 1);
      sheet.group.push_back(village);
      sheet.interviewer.push_back(village / 2);
      for (int item = 0; item < 12; ++item)
        sheet.codes.push_back(static_cast<std::uint8_t>(std::clamp(std::lround(2 + shift + local + normal(luck)), 0L, 4L)));
    }
  }
  return sheet;
}

}  // namespace

TEST_CASE("a pair that is enough alone flags, another needs company, and unanswered pairs say nothing") {
  AnswerSheet sheet = field_sheet(4, 0, 0, 1);
  sheet.pairs = {{"strict", true}, {"soft", false}, {"other", false}};
  sheet.pair_states.assign(sheet.size() * 3, PairState::consistent);
  const auto put = [&](std::size_t who, PairState strict, PairState soft, PairState other) {
    sheet.pair_states[who * 3] = strict;
    sheet.pair_states[who * 3 + 1] = soft;
    sheet.pair_states[who * 3 + 2] = other;
  };
  const auto yes = PairState::contradictory;
  const auto no = PairState::consistent;
  const auto empty = PairState::unanswered;
  put(0, yes, no, no);
  put(1, no, yes, no);
  put(2, no, yes, yes);
  put(3, empty, yes, empty);
  const auto report = assess(sheet);
  REQUIRE(report);
  CHECK(report->with_contradictions);
  CHECK(has(report->flags[0], Flag::contradiction));
  CHECK_FALSE(has(report->flags[1], Flag::contradiction));
  CHECK(has(report->flags[2], Flag::contradiction));
  CHECK_FALSE(has(report->flags[3], Flag::contradiction));
  CHECK(report->pairs[0].answered == sheet.size() - 1);
  CHECK(report->pairs[0].contradictory == 1);
  CHECK(report->pairs[1].contradictory == 3);
  sheet.pair_states.pop_back();
  CHECK(assess(sheet).error().code == ErrorCode::design_invalid);
}

TEST_CASE("interviewers who colour answers surface, villages that differ by themselves do not pass for them") {
  int coloured = 0;
  int honest = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const auto effect = assess(field_sheet(24, 0.8, 0.1, seed));
    REQUIRE(effect);
    REQUIRE(effect->interviewer_villages);
    coloured += effect->interviewer_villages->p < 0.05;
    const auto& share = *effect->interviewer_effect;
    CHECK(share.share_lower <= share.share);
    CHECK(share.share <= share.share_upper);
    const auto none = assess(field_sheet(24, 0, 0.8, 1000 + seed));
    honest += none->interviewer_villages->p < 0.05;
  }
  CHECK(coloured >= 36);
  CHECK(honest <= 6);
}

TEST_CASE("an interviewer of one village cannot be told from it, and one who is not known is left out") {
  AnswerSheet sheet = field_sheet(8, 0.5, 0.1, 3);
  sheet.interviewers = {"i0", "i1", "i2", "i3", "i4", "i5", "i6", "i7"};
  sheet.interviewer = sheet.group;
  CHECK_FALSE(assess(sheet)->interviewer_villages);
  CHECK(assess(sheet)->interviewer_effect);
  sheet.interviewer.assign(sheet.size(), kNobody);
  CHECK_FALSE(assess(sheet)->interviewer_effect);
  sheet.interviewer[0] = 8;
  CHECK(assess(sheet).error().code == ErrorCode::design_invalid);
}

TEST_CASE("the interval of a variance share is the one from quantiles of F") {
  // R: v <- c(1,2,3, 2,3,4, 5,6,9); a <- anova(lm(v ~ gl(3, 3))); F <- a$F[1]
  //    L <- F / qf(.975, 2, 6); U <- F * qf(.975, 6, 2); (L - 1) / (L + 2); (U - 1) / (U + 2)
  const std::vector<double> values{1, 2, 3, 2, 3, 4, 5, 6, 9};
  const std::vector<std::uint32_t> classes{0, 0, 0, 1, 1, 1, 2, 2, 2};
  const auto effect = effect_of(values, classes);
  REQUIRE(effect);
  CHECK(effect->share_lower == Approx(0.0571068521277802).epsilon(1e-9));
  CHECK(effect->share_upper == Approx(0.991161458267464).epsilon(1e-9));
}

TEST_CASE("a back-check knows that places were drawn, and refuses what is no table") {
  // Four places of ten: all agree, all agree, half agree, none agree.
  const std::vector<BackCheckCell> cells{{0, 0, 0, 10}, {1, 0, 0, 10}, {2, 0, 0, 5}, {2, 0, 2, 5}, {3, 0, 2, 10}};
  const auto check = back_check(cells, 3);
  REQUIRE(check);
  CHECK(check->agreement.n == 40);
  CHECK(check->clusters == 4);
  CHECK(check->agreement.observed == Approx(0.625));
  CHECK(*check->confirmed == Approx(0.625));
  const std::vector<BackCheckCell> one{{0, 0, 0, 25}, {0, 0, 2, 15}};
  const auto simple = back_check(one, 3);
  REQUIRE(simple);
  // Made-up forms come by interviewer and place: the interval of 40 people in four places is much wider.
  CHECK(check->agreed.upper - check->agreed.lower > 1.5 * (simple->agreed.upper - simple->agreed.lower));
  CHECK(simple->agreed.lower == Approx(confirmation(40, 25)->wilson.lower).epsilon(1e-9));
  CHECK(back_check(std::vector<BackCheckCell>{}, 3).error().code == ErrorCode::no_valid_answers);
  CHECK(back_check(std::vector<BackCheckCell>{{0, 3, 0, 1}}, 3).error().code == ErrorCode::out_of_range);
  // Everybody agrees: kappa says nothing, and the interval is not a point.
  const auto perfect = back_check(std::vector<BackCheckCell>{{0, 0, 0, 10}, {1, 0, 0, 10}}, 3);
  CHECK_FALSE(perfect->agreement.kappa);
  CHECK(perfect->agreed.lower < 0.95);
}
