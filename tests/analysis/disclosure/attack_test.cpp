// An attacker who knows the models, the design and everything that is published, and works with leaves alone: every
// published figure is a known combination of leaves. Nothing here uses the audit's own equations.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>

#include "analysis/disclosure/disclosure.h"
#include "analysis/disclosure/distribution.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/survey_items.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::disclosure;
using index::IndexInput;
using index::IndexModel;
using index::IndexRun;
using sums::Answer;

namespace {

// The same six questions in two trees, as two models of one questionnaire have them.
IndexModel tree(const std::string& id, const std::string& nodes, const std::string& multiply) {
  std::string text = R"({"schema": "khaosat/index_model/1", "id": ")" + id + R"(", "version": 1, "title": {"vi": "M"},
    "source": {"issuer": "x"}, "scale": [0, 100], "questionnaire": {"id": "q", "version": 1}, "nodes": [)" + nodes + "]}";
  for (std::size_t at = 0; (at = text.find("$M", at)) != std::string::npos;) text.replace(at, 2, multiply);
  return test::model_from(text);
}

std::string factor(const std::string& id, const std::string& parent, const std::string& questions) {
  return R"({"id": ")" + id + R"(", "parent": ")" + parent + R"(", "title": {"vi": "F"}, "missing": {"policy": "reweight", "minimum_share": 0.3},
    "source": {"survey": {"questions": [)" + questions + R"(], "share_of": ["yes"]}}, "scoring": {"method": "linear", "multiply": $M}})";
}

const std::string kRoot = R"({"id": "root", "title": {"vi": "R"}, "aggregate": "mean", "missing": {"policy": "reweight", "minimum_share": 0.3}},)";

IndexModel first() { return tree("first", kRoot + factor("f", "root", R"("a", "b", "c")") + "," + factor("g", "root", R"("d", "e", "h")"), "100"); }
IndexModel second() { return tree("second", kRoot + factor("x", "root", R"("a", "d")") + "," + factor("y", "root", R"("b", "c", "e", "h")"), "10"); }

// Weights of both levels may be asked for with other values.
IndexModel weighed() {
  std::string text = R"({"schema": "khaosat/index_model/1", "id": "weighed", "version": 1, "title": {"vi": "M"}, "source": {"issuer": "x"}, "scale": [0, 100],
    "questionnaire": {"id": "q", "version": 1}, "parameters": [
      {"id": "w", "title": {"vi": "W"}, "value": 0.5, "low": 0, "high": 1, "assumption": {"vi": "x"}},
      {"id": "v", "title": {"vi": "V"}, "value": 0.5, "low": 0, "high": 1, "assumption": {"vi": "x"}}], "nodes": [
    {"id": "root", "title": {"vi": "R"}, "aggregate": "weighted_mean", "missing": {"policy": "reweight", "minimum_share": 0.1}},
    {"id": "f", "parent": "root", "title": {"vi": "F"}, "weight": {"parameter": "w"}, "aggregate": "weighted_mean", "missing": {"policy": "reweight", "minimum_share": 0.1}},
    {"id": "fa", "parent": "f", "title": {"vi": "A"}, "weight": {"parameter": "v"}, "source": {"survey": {"question": "a", "share_of": ["yes"]}},
     "scoring": {"method": "linear", "multiply": 100}},)" +
                     factor("fb", "f", R"("b", "c")") + "," + factor("g", "root", R"("d", "e", "h")") + "]}";
  for (std::size_t at = 0; (at = text.find("$M", at)) != std::string::npos;) text.replace(at, 2, "100");
  for (const char* weight : {R"("id": "fb", "weight": {"one_minus": "v"})", R"("id": "g", "weight": {"one_minus": "w"})"}) {
    const std::string id = std::string(weight).substr(0, std::string(weight).find(','));
    text.replace(text.find(id), id.size(), weight);
  }
  return test::model_from(text);
}

const std::vector<std::string> kQuestions = {"a", "b", "c", "d", "e", "h"};

struct Shape {
  int n = 0;
  int yes = 0;
};
using Unit = std::vector<Shape>;  // by question

IndexRun run_of(const IndexModel& model, const std::vector<Unit>& units, const std::vector<index::UnitGroup>& groups = {},
                std::vector<std::pair<std::string, double>> parameters = {}) {
  std::vector<std::string> keys;
  const auto items = index::survey_items(model, 2025, nullptr);
  for (const auto& item : items) keys.push_back(item.key);
  IndexInput input;
  input.year = 2025;
  input.survey.emplace(keys);
  for (std::size_t u = 0; u < units.size(); ++u) {
    int respondents = 0;
    for (const Shape& shape : units[u]) respondents = std::max(respondents, shape.n);
    for (int i = 0; i < respondents; ++i) {
      std::vector<Answer> answers;
      for (const auto& item : items) {
        const Shape& shape = units[u][static_cast<std::size_t>(std::find(kQuestions.begin(), kQuestions.end(), item.question) - kQuestions.begin())];
        answers.push_back(i < shape.n ? Answer::scored(i < shape.yes ? 1 : 0) : Answer::absent(sums::Absence::dont_know));
      }
      const std::string name = "u" + std::to_string(u);
      REQUIRE(input.survey->add({name, name, name + "v" + std::to_string(i % 4)}, 1, answers).has_value());
    }
  }
  input.groups = groups;
  auto run = index::compute(model, input, {parameters, parameters.empty() ? "" : "other weights", "test"});
  if (!run) FAIL(run.error().message);
  return std::move(*run);
}

using Combination = std::map<std::pair<std::string, std::string>, double>;  // of (unit, question), shares 0 to 1

// A node as a combination of what people of units answered.
Combination combination_of(const IndexRun& run, const index::UnitScores& unit, std::size_t node) {
  Combination sum;
  const auto& described = run.nodes[node];
  if (described.children.empty()) {
    const double width = *described.highest - *described.lowest;
    if (!unit.group) return {{{unit.id, described.question}, width}};
    double whole = 0;
    for (const auto& member : unit.members) whole += static_cast<double>(run.find_unit(member)->scores[node].estimate.n);
    for (const auto& member : unit.members) {
      const double n = static_cast<double>(run.find_unit(member)->scores[node].estimate.n);
      if (n > 0) sum[{member, described.question}] += width * n / whole;
    }
    return sum;
  }
  for (std::size_t k = 0; k < described.children.size(); ++k) {
    const double weight = unit.scores[node].weights[k];
    if (weight <= 0) continue;
    for (const auto& [leaf, part] : combination_of(run, unit, described.children[k])) sum[leaf] += weight * part;
  }
  return sum;
}

std::size_t rank_of(std::vector<std::vector<double>> rows) {
  std::size_t rank = 0;
  const std::size_t columns = rows.empty() ? 0 : rows.front().size();
  for (std::size_t column = 0; column < columns && rank < rows.size(); ++column) {
    std::size_t best = rank;
    for (std::size_t row = rank; row < rows.size(); ++row)
      if (std::fabs(rows[row][column]) > std::fabs(rows[best][column])) best = row;
    if (std::fabs(rows[best][column]) < 1e-9) continue;
    std::swap(rows[rank], rows[best]);
    for (std::size_t row = rank + 1; row < rows.size(); ++row) {
      const double by = rows[row][column] / rows[rank][column];
      for (std::size_t k = column; k < columns; ++k) rows[row][k] -= by * rows[rank][k];
    }
    ++rank;
  }
  return rank;
}

int rounds(int usual, int longer) { return std::getenv("KHAOSAT_LONG") != nullptr ? longer : usual; }

Unit random_unit(std::mt19937_64& random) {
  Unit unit;
  const int most = 1 + static_cast<int>(random() % 60);
  for (std::size_t q = 0; q < kQuestions.size(); ++q) {
    const int n = random() % 3 == 0 ? static_cast<int>(random() % static_cast<unsigned>(most + 1)) : most;
    int yes = n == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(n + 1));
    if (random() % 4 == 0) yes = n;  // everybody content
    unit.push_back({n, yes});
  }
  return unit;
}

}  // namespace

TEST_CASE("a bound does not say that everybody agreed", "[disclosure]") {
  // As many against it as may be, none at all: the same record, whatever else is told beside it.
  for (const int n : {10, 15, 40, 200}) {
    for (const bool top : {true, false}) {
      std::string told;
      for (const int against : {0, 1, 2}) {
        const int yes = top ? n - against : against;
        const PublishedRun run = publish(run_of(first(), {{{n, yes}, {n, n / 2}, {n, n / 3}, {n, 4}, {n, 5}, {n, 6}}}), rules_for_citizens());
        const PublishedScore& score = run.units[0].scores[*run.find_node("f.a")];
        const std::string here = std::string(name_of(score.state)) + score.reason + std::to_string(*score.value) + (score.lower ? "i" : "");
        INFO(n << " people, " << against << " against");
        if (against == 0) told = here;
        CHECK(here == told);
        CHECK(score.reason == "nearly_alike");
      }
      const PublishedRun more = publish(run_of(first(), {{{n, top ? n - 3 : 3}, {n, n / 2}, {n, n / 3}, {n, 4}, {n, 5}, {n, 6}}}), rules_for_citizens());
      CHECK(more.units[0].scores[*more.find_node("f.a")].state == PublishedState::value);
    }
  }
  const std::uint64_t nobody[] = {0, 0, 0, 0, 40};
  const std::uint64_t somebody[] = {0, 1, 0, 1, 38};
  CHECK(publish_distribution(nobody, {}).state == PublishedDistribution::State::alike);
  CHECK(publish_distribution(somebody, {}).state == PublishedDistribution::State::alike);
}

TEST_CASE("what one model hides another does not tell", "[disclosure]") {
  // "a" has three answers. The first tree would hide the smallest of b and c with it, the second tree d.
  const std::vector<Unit> units = {{{3, 2}, {40, 20}, {39, 10}, {38, 7}, {40, 8}, {40, 9}}};
  const IndexRun one = run_of(first(), units);
  const IndexRun other = run_of(second(), units);
  const PublishedRun alone = publish(one, rules_for_citizens());
  const PublishedRun beside = publish(other, rules_for_citizens());
  const auto state = [](const PublishedRun& run, const char* node) { return run.units[0].scores[*run.find_node(node)].state; };
  // Each by itself is safe, and both together tell "a": f and b and c.
  REQUIRE(state(alone, "f") == PublishedState::value);
  REQUIRE(state(alone, "f.b") == PublishedState::value);
  REQUIRE(state(beside, "y.c") == PublishedState::value);
  const std::vector<IndexRun> both = {one, other};
  const PublishedRun first_told = publish(one, rules_for_citizens(), {}, both);
  const PublishedRun second_told = publish(other, rules_for_citizens(), {}, both);
  for (const auto& [here, there] : {std::pair{"f.a", "x.a"}, {"f.b", "y.b"}, {"f.c", "y.c"}, {"g.d", "x.d"}, {"g.e", "y.e"}, {"g.h", "y.h"}}) {
    INFO(here);
    CHECK(state(first_told, here) == state(second_told, there));
  }
  CHECK(state(first_told, "f.a") == PublishedState::hidden);
}

TEST_CASE("no sensitive question of random surveys follows from two models, groups and siblings together", "[disclosure]") {
  std::mt19937_64 random(20261122);
  const int count = rounds(120, 20000);
  std::FILE* dump = std::getenv("KHAOSAT_ATTACK_DUMP") ? std::fopen(std::getenv("KHAOSAT_ATTACK_DUMP"), "w") : nullptr;
  for (int round = 0; round < count; ++round) {
    INFO("round " << round);
    std::vector<Unit> units;
    std::vector<std::string> names;
    for (std::size_t u = 0; u < 1 + random() % 4; ++u) {
      units.push_back(random_unit(random));
      names.push_back("u" + std::to_string(u));
    }
    std::vector<index::UnitGroup> groups;
    if (units.size() > 1 && random() % 2 == 0) groups.push_back({"all", "", names});
    if (units.size() > 2 && random() % 2 == 0) groups.push_back({"some", "", {names[0], names[1]}});
    const std::vector<IndexRun> runs = {run_of(first(), units, groups), run_of(second(), units, groups)};
    std::map<std::pair<std::string, std::string>, std::size_t> column;
    for (const auto& name : names)
      for (const auto& question : kQuestions) column.emplace(std::pair(name, question), column.size());
    std::vector<std::vector<double>> known;
    std::string text;
    for (const IndexRun& run : runs) {
      const PublishedRun published = publish(run, rules_for_citizens(), {}, runs);
      for (std::size_t u = 0; u < run.units.size(); ++u) {
        for (std::size_t node = 0; node < run.nodes.size(); ++node) {
          const PublishedScore& score = published.units[u].scores[node];
          if (run.units[u].scores[node].state != index::ScoreState::value) continue;
          const bool bound = score.state == PublishedState::at_least || score.state == PublishedState::at_most;
          if (score.state != PublishedState::value && !bound) continue;
          std::vector<double> row(column.size(), 0);
          for (const auto& [leaf, part] : combination_of(run, run.units[u], node)) row[column.at(leaf)] += part;
          if (dump) {
            text += "R " + std::string(name_of(score.state)) + " " + std::to_string(*score.value);
            for (const double part : row) text += " " + std::to_string(part);
            text += "\n";
          }
          if (!bound) known.push_back(std::move(row));
        }
      }
    }
    const std::size_t rank = rank_of(known);
    for (const auto& [leaf, at] : column) {
      const Shape& shape = units[std::stoul(leaf.first.substr(1))][static_cast<std::size_t>(std::find(kQuestions.begin(), kQuestions.end(), leaf.second) - kQuestions.begin())];
      const bool alike = shape.n > 0 && (shape.yes == 0 || shape.yes == shape.n);
      if (dump && shape.n > 0 && (shape.n < 5 || alike))
        text += "S " + std::to_string(at) + " " + std::to_string(shape.n) + " " + std::to_string(static_cast<double>(shape.yes) / shape.n) + "\n";
      if (shape.n == 0 || (shape.n >= 5 && !alike)) continue;
      INFO(leaf.first << " " << leaf.second << " n " << shape.n);
      // A row that tells this leaf alone adds nothing new: then it followed already.
      auto with = known;
      with.emplace_back(column.size(), 0.0);
      with.back()[at] = 1;
      CHECK(rank_of(with) == rank + 1);
    }
    if (dump) std::fprintf(dump, "%sE %zu\n", text.c_str(), column.size());
  }
  if (dump) std::fclose(dump);
}

namespace {

// Adds what a publication tells, each figure as a combination of leaves.
void learn(const IndexRun& run, const PublishedRun& published, const std::map<std::pair<std::string, std::string>, std::size_t>& column,
           std::vector<std::vector<double>>& known) {
  for (std::size_t u = 0; u < run.units.size(); ++u)
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      if (published.units[u].scores[node].state != PublishedState::value) continue;
      std::vector<double> row(column.size(), 0);
      for (const auto& [leaf, part] : combination_of(run, run.units[u], node)) row[column.at(leaf)] += part;
      known.push_back(std::move(row));
    }
}

bool follows(const std::vector<std::vector<double>>& known, std::size_t at) {
  auto with = known;
  with.emplace_back(known.front().size(), 0.0);
  with.back()[at] = 1;
  return rank_of(with) == rank_of(known);
}

}  // namespace

TEST_CASE("other weights, asked for as often as one likes, do not solve for a hidden question", "[disclosure]") {
  const IndexModel model = weighed();
  std::mt19937_64 random(604);
  std::size_t solved_without = 0;
  std::size_t told_changed = 0;
  for (int round = 0; round < rounds(150, 5000); ++round) {
    INFO("round " << round);
    std::vector<Unit> units;
    std::vector<std::string> names;
    std::map<std::pair<std::string, std::string>, std::size_t> column;
    for (std::size_t u = 0; u < 1 + random() % 3; ++u) {
      units.push_back(random_unit(random));
      names.push_back("u" + std::to_string(u));
      for (const auto& question : kQuestions) column.emplace(std::pair(names.back(), question), column.size());
    }
    std::vector<index::UnitGroup> groups;
    if (units.size() > 1 && random() % 2 == 0) groups.push_back({"all", "", names});
    const IndexRun own = run_of(model, units, groups);
    const PublishedRun told = publish(own, rules_for_citizens());
    std::vector<std::vector<double>> known(1, std::vector<double>(column.size(), 0));
    learn(own, told, column, known);
    auto careless = known;
    for (int more = 0; more < 4; ++more) {
      const IndexRun run = run_of(model, units, groups, {{"w", static_cast<double>(random() % 11) / 10}, {"v", static_cast<double>(random() % 11) / 10}});
      if (!is_what_if(run)) continue;
      const PublishedRun other = publish_what_if(run, own, told, rules_for_citizens());
      learn(run, other, column, known);
      learn(run, publish(run, rules_for_citizens()), column, careless);
      for (std::size_t u = 0; u < run.units.size(); ++u)
        for (std::size_t node = 0; node < run.nodes.size(); ++node) {
          const PublishedScore& now = other.units[u].scores[node];
          const PublishedScore& before = told.units[u].scores[node];
          if (now.state != PublishedState::value) {
            CHECK_FALSE((now.lower || now.value || now.rank));
            continue;
          }
          CHECK(before.state == PublishedState::value);
          if (now.value != before.value) ++told_changed;
        }
    }
    for (const auto& [leaf, at] : column) {
      const Shape& shape = units[std::stoul(leaf.first.substr(1))][static_cast<std::size_t>(std::find(kQuestions.begin(), kQuestions.end(), leaf.second) - kQuestions.begin())];
      const bool alike = shape.n > 0 && (shape.yes == 0 || shape.yes == shape.n);
      if (shape.n == 0 || (shape.n >= 5 && !alike)) continue;
      INFO(leaf.first << " " << leaf.second << " n " << shape.n);
      CHECK_FALSE(follows(known, at));
      if (follows(careless, at)) ++solved_without;
    }
  }
  CHECK(solved_without > 20);   // the danger is real
  CHECK(told_changed > 100);  // and other weights still tell something
}

TEST_CASE("a figure that other weights leave as it is by chance does not tell that what they weigh is equal", "[disclosure]") {
  // a and the mean of b and c are both 5/6, so that no weight between them moves f; c is hidden, as everybody agreed.
  const std::vector<Unit> units = {{{6, 5}, {6, 4}, {6, 6}, {6, 0}, {6, 4}, {1, 0}}};
  const IndexModel model = weighed();
  const IndexRun own = run_of(model, units);
  const PublishedRun told = publish(own, rules_for_citizens());
  const std::size_t f = told.find_node("f").value();
  REQUIRE(told.units[0].scores[f].state == PublishedState::value);
  REQUIRE(told.units[0].scores[told.find_node("fb").value()].state == PublishedState::hidden);
  const IndexRun run = run_of(model, units, {}, {{"v", 0.2}});
  REQUIRE(run.units[0].scores[f].estimate.value == Approx(own.units[0].scores[f].estimate.value));
  CHECK(publish_what_if(run, own, told, rules_for_citizens()).units[0].scores[f].state == PublishedState::hidden);
}
