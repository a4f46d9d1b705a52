// Simulated campaigns with a known truth: how often does the interval of a whole index hold it?
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/index/index_engine.h"
#include "analysis/index/survey_items.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using sums::Answer;

namespace {

constexpr std::size_t kItems = 33;
constexpr std::size_t kVillages = 40;
constexpr std::size_t kPeople = 150;

struct Commune {
  // village, person, item: 1 satisfied, 0 not, 2 no opinion
  std::vector<std::vector<std::vector<std::uint8_t>>> answers;
};

// Villages differ, people differ, items differ: an answer is satisfied if person + village + item +
// noise is above 0.
Commune make_commune(std::mt19937_64& random) {
  std::normal_distribution<double> normal(0, 1);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::vector<double> easy(kItems);
  for (double& item : easy) item = 0.7 + 0.5 * normal(random);
  Commune commune;
  for (std::size_t village = 0; village < kVillages; ++village) {
    const double mood = 0.45 * normal(random);
    auto& people = commune.answers.emplace_back();
    for (std::size_t person = 0; person < kPeople; ++person) {
      const double nature = 0.7 * normal(random);
      auto& answers = people.emplace_back();
      for (std::size_t item = 0; item < kItems; ++item) {
        // Complaints (the last three items) few can judge; elsewhere one in eight has no opinion.
        const bool silent = uniform(random) < (item >= 30 ? 0.5 : 0.12);
        answers.push_back(silent ? 2 : easy[item] + mood + nature + normal(random) > 0 ? 1 : 0);
      }
    }
  }
  return commune;
}

Answer answer_of(std::uint8_t code) {
  return code == 2 ? Answer::absent(sums::Absence::no_experience) : Answer::scored(code);
}

std::vector<std::string> keys(const IndexModel& model) {
  std::vector<std::string> keys;
  for (const SurveyItem& item : survey_items(model, 2025, nullptr)) keys.push_back(item.key);
  return keys;
}

const NodeScore& root(const IndexRun& run) { return run.units.at(0).scores[0]; }

}  // namespace

TEST_CASE("95 % intervals of a SIPAS score hold the truth in 93 to 97 % of 2,000 samples", "[index][simulation]") {
  const IndexModel model = test::shipped_model("sipas");
  const std::vector<std::string> items = keys(model);
  REQUIRE(items.size() == kItems);
  std::mt19937_64 random(20250701);
  const Commune commune = make_commune(random);

  IndexInput everybody;
  everybody.year = 2025;
  everybody.survey = sums::SumsTable(items);
  std::vector<Answer> answers;
  const auto add = [&](sums::SumsTable& table, std::size_t village, std::size_t person, double weight) {
    answers.clear();
    for (const std::uint8_t code : commune.answers[village][person]) answers.push_back(answer_of(code));
    REQUIRE(table.add({"u", "s", "v" + std::to_string(village)}, weight, answers).has_value());
  };
  for (std::size_t village = 0; village < kVillages; ++village)
    for (std::size_t person = 0; person < kPeople; ++person) add(*everybody.survey, village, person, 1);
  const double truth = root(compute(model, everybody).value()).estimate.value;
  REQUIRE(truth > 50);
  REQUIRE(truth < 95);

  constexpr int kDraws = 2000;
  int covered = 0;
  int narrow = 0;  // what plain random sampling would have claimed
  double error_sum = 0;
  std::vector<double> estimates;
  std::vector<std::size_t> villages(kVillages);
  std::vector<std::size_t> people(kPeople);
  for (int draw = 0; draw < kDraws; ++draw) {
    for (std::size_t k = 0; k < kVillages; ++k) villages[k] = k;
    for (std::size_t k = 0; k < kPeople; ++k) people[k] = k;
    std::shuffle(villages.begin(), villages.end(), random);
    IndexInput sample;
    sample.year = 2025;
    sample.survey = sums::SumsTable(items);
    sample.design.drawn = true;
    sample.design.psus_in_population = {{"s", kVillages}};
    for (std::size_t k = 0; k < 8; ++k) {
      std::shuffle(people.begin(), people.end(), random);
      // Between 8 and 14 of the drawn 14 answer, so weights differ by village.
      const std::size_t answered = 8 + random() % 7;
      for (std::size_t person = 0; person < answered; ++person)
        add(*sample.survey, villages[k], people[person], static_cast<double>(kPeople) / static_cast<double>(answered));
    }
    const auto run = compute(model, sample);
    REQUIRE(run.has_value());
    const estimate::Estimate& score = root(*run).estimate;
    REQUIRE(score.lower);
    REQUIRE(score.degrees_of_freedom == 7);
    covered += *score.lower <= truth && truth <= *score.upper;
    narrow += std::fabs(score.value - truth) <= 1.96 * *score.standard_error;
    error_sum += *score.standard_error;
    estimates.push_back(score.value);
  }
  double mean = 0;
  for (const double estimate : estimates) mean += estimate / kDraws;
  double squares = 0;
  for (const double estimate : estimates) squares += (estimate - mean) * (estimate - mean);
  const double spread = std::sqrt(squares / (kDraws - 1));
  const double coverage = static_cast<double>(covered) / kDraws;
  INFO("truth " << truth << ", mean " << mean << ", spread " << spread << ", mean error "
                << error_sum / kDraws << ", coverage " << coverage << ", with z "
                << static_cast<double>(narrow) / kDraws);
  CHECK(coverage >= 0.93);
  CHECK(coverage <= 0.97);
  CHECK(std::fabs(mean - truth) < 0.2);
  CHECK(error_sum / kDraws == Approx(spread).epsilon(0.1));
  // The interval owes its coverage to t with the design's degrees of freedom.
  CHECK(static_cast<double>(narrow) / kDraws < coverage);
}
