// Every shipped model that asks people, or counts what an office did: whoever answers or does better never lowers any
// node of the tree, whatever the item's direction; weights times a constant and the order of people change nothing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "analysis/index/index_engine.h"
#include "analysis/index/survey_items.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
using sums::Answer;

namespace {

constexpr int kYear = 2025;

struct Person {
  std::string psu;
  double weight = 1;
  std::vector<Answer> answers;
};

struct Town {
  std::vector<SurveyItem> items;
  std::vector<Person> people;
  UnitInput unit;
};

int direction_of(const IndexModel& model, const std::string& key) {
  for (const Node& node : model.nodes)
    if (node.id == key) return node.direction;
  return 1;
}

// What an item's answers can count, ascending.
std::vector<double> scores_of(const SurveyItem& item) {
  std::vector<double> scores;
  for (const auto& [option, score] : item.option_scores) scores.push_back(score);
  if (item.every_other_option_is_zero) scores.push_back(0);
  if (scores.empty()) scores = {1, 2, 3, 4, 5};
  std::sort(scores.begin(), scores.end());
  scores.erase(std::unique(scores.begin(), scores.end()), scores.end());
  return scores;
}

Town drawn(const IndexModel& model, std::mt19937_64& random) {
  Town town;
  town.items = survey_items(model, kYear, nullptr);
  for (int who = 0; who < 24; ++who) {
    Person person{"v" + std::to_string(random() % 4), 1 + static_cast<double>(random() % 4), {}};
    for (const SurveyItem& item : town.items) {
      const auto scores = scores_of(item);
      // Nobody keeps silent on purpose: an answer more or less is neither better nor worse.
      person.answers.push_back(who >= 4 && random() % 6 == 0 ? Answer::absent(sums::Absence::no_experience)
                                                            : Answer::scored(scores[random() % scores.size()]));
    }
    town.people.push_back(std::move(person));
  }
  town.unit.id = "u";
  town.unit.name = "u";
  for (const Node& node : model.nodes) {
    if (!node.leaf || node.leaf->source == LeafSource::survey) continue;
    if (node.leaf->source == LeafSource::administrative) {
      town.unit.columns[node.leaf->numerator] = Datum::of(static_cast<double>(random() % 90));
      if (!node.leaf->denominator.empty()) town.unit.columns[node.leaf->denominator] = Datum::of(100);
    } else {
      town.unit.columns[node.leaf->columns.front()] = Datum::of(static_cast<double>(random() % 3) / 4);
    }
  }
  return town;
}

IndexRun run_of(const IndexModel& model, const Town& town, double factor = 1) {
  IndexInput input;
  input.year = kYear;
  std::vector<std::string> keys;
  for (const SurveyItem& item : town.items) keys.push_back(item.key);
  if (!keys.empty()) {
    input.survey = sums::SumsTable(keys);
    for (const Person& person : town.people) REQUIRE(input.survey->add({"u", "s", person.psu}, factor * person.weight, person.answers).has_value());
    input.design.drawn = true;
  }
  input.units = {town.unit};
  const auto run = compute(model, input);
  INFO((run ? "" : run.error().message + " " + run.error().where));
  REQUIRE(run.has_value());
  return *run;
}

// One person's one answer, one step in the direction that the item calls good. False: it is the best already.
bool better(const IndexModel& model, Town& town, std::size_t who, std::size_t item) {
  Answer& answer = town.people[who].answers[item];
  if (!answer.has_score()) return false;
  auto scores = scores_of(town.items[item]);
  if (direction_of(model, town.items[item].key) < 0) std::reverse(scores.begin(), scores.end());
  const auto at = std::find(scores.begin(), scores.end(), answer.score());
  if (at == scores.end() || at + 1 == scores.end()) return false;
  answer = Answer::scored(*(at + 1));
  return true;
}

}  // namespace

TEST_CASE("better answers and better figures never lower any node of a shipped model", "[index][laws]") {
  const std::string id = GENERATE("sipas", "papi_commune", "par_commune_example");
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 6)));
  INFO(id << " seed " << seed);
  const IndexModel model = test::shipped_model(id);
  std::mt19937_64 random(seed);
  Town town = drawn(model, random);
  IndexRun before = run_of(model, town);
  const auto compare = [&](const std::string& what) {
    const IndexRun after = run_of(model, town);
    INFO(what);
    double risen = 0;
    for (std::size_t node = 0; node < after.nodes.size(); ++node) {
      const NodeScore& was = before.units[0].scores[node];
      const NodeScore& is = after.units[0].scores[node];
      REQUIRE(was.state == is.state);
      if (is.state != ScoreState::value) continue;
      CHECK(is.estimate.value >= was.estimate.value - 1e-12);
      risen = std::max(risen, is.estimate.value - was.estimate.value);
    }
    CHECK(risen > 0);  // and the leaf itself rises
    before = after;
  };
  for (int step = 0; step < 25; ++step) {
    if (town.items.empty()) break;
    const std::size_t who = random() % town.people.size();
    const std::size_t item = random() % town.items.size();
    if (better(model, town, who, item)) compare("person " + std::to_string(who) + ", item " + town.items[item].key);
  }
  for (const Node& node : model.nodes) {
    if (!node.leaf || node.leaf->source != LeafSource::administrative) continue;
    // Far enough to leave the ends where scores are cut off.
    town.unit.columns[node.leaf->numerator] = Datum::of(node.direction > 0 ? 10 : 90);
    before = run_of(model, town);
    town.unit.columns[node.leaf->numerator] = Datum::of(node.direction > 0 ? 99 : 1);
    compare("column " + node.leaf->numerator);
  }
}

TEST_CASE("weights times a constant and the order of people change no node of a shipped model", "[index][laws]") {
  const std::string id = GENERATE("sipas", "papi_commune", "par_commune_example");
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 6)));
  INFO(id << " seed " << seed);
  const IndexModel model = test::shipped_model(id);
  std::mt19937_64 random(seed);
  Town town = drawn(model, random);
  const IndexRun plain = run_of(model, town);
  const IndexRun heavier = run_of(model, town, 8);
  std::shuffle(town.people.begin(), town.people.end(), random);
  const IndexRun turned = run_of(model, town);
  for (std::size_t node = 0; node < plain.nodes.size(); ++node)
    for (const IndexRun* other : {&heavier, &turned}) {
      const NodeScore& a = plain.units[0].scores[node];
      const NodeScore& b = other->units[0].scores[node];
      CHECK(a.state == b.state);
      CHECK(a.estimate.value == b.estimate.value);
      CHECK(a.estimate.standard_error == b.estimate.standard_error);
    }
}
