#include "analysis/disclosure/disclosure.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <random>

#include "analysis/disclosure/published_run_json.h"
#include "analysis/disclosure/tree_audit.h"
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

// Two factors of three items each, shares in percent.
IndexModel model() {
  return test::model_from(R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"},
    "source": {"issuer": "x"}, "scale": [0, 100], "questionnaire": {"id": "q", "version": 1},
    "nodes": [{"id": "root", "title": {"vi": "R"}, "aggregate": "mean"},
      {"id": "f", "parent": "root", "title": {"vi": "F"}, "source": {"survey": {"questions": ["a", "b", "c"],
        "share_of": ["yes"]}}, "scoring": {"method": "linear", "multiply": 100}},
      {"id": "g", "parent": "root", "title": {"vi": "G"}, "source": {"survey": {"questions": ["d", "e", "h"],
        "share_of": ["yes"]}}, "scoring": {"method": "linear", "multiply": 100}}]})");
}

std::vector<std::string> items() { return {"f.a", "f.b", "f.c", "g.d", "g.e", "g.h"}; }

// n answers on each item of a unit, `yes` of them 1; the other respondents don't know.
void fill(sums::SumsTable& table, const std::string& unit, int respondents,
          const std::vector<std::pair<int, int>>& n_and_yes) {
  for (int i = 0; i < respondents; ++i) {
    std::vector<Answer> answers;
    for (const auto& [n, yes] : n_and_yes)
      answers.push_back(i < n ? Answer::scored(i < yes ? 1 : 0) : Answer::absent(sums::Absence::dont_know));
    REQUIRE(table.add({unit, unit, unit + "v" + std::to_string(i % 4)}, 1, answers).has_value());
  }
}

IndexRun run_of(const sums::SumsTable& table, std::vector<index::UnitGroup> groups = {}) {
  IndexInput input;
  input.year = 2025;
  input.survey = table;
  input.design.drawn = true;
  input.groups = std::move(groups);
  const auto run = index::compute(model(), input);
  if (!run) FAIL(run.error().message);
  return *run;
}

const PublishedScore& score(const PublishedRun& run, const std::string& unit, const std::string& node) {
  REQUIRE(run.find_unit(unit) != nullptr);
  REQUIRE(run.find_node(node).has_value());
  return run.find_unit(unit)->scores[*run.find_node(node)];
}

int rounds(int usual, int longer) { return std::getenv("KHAOSAT_LONG") != nullptr ? longer : usual; }

}  // namespace

TEST_CASE("enough answers everywhere: everything leaves, rounded, with exact n", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "u", 40, {{40, 20}, {40, 30}, {37, 10}, {40, 7}, {40, 8}, {40, 9}});
  const PublishedRun run = publish(run_of(table), rules_for_citizens());
  CHECK(run.hidden == 0);
  const PublishedScore& item = score(run, "u", "f.c");
  CHECK(item.state == PublishedState::value);
  CHECK(item.value == 27.0);  // 10 of 37, to one decimal
  CHECK(item.n_low == 37);
  CHECK(item.n_high == 37);
  REQUIRE(item.lower);
  CHECK(*item.lower * 10 == Approx(std::round(*item.lower * 10)));
  CHECK(item.missing_percent[static_cast<std::size_t>(sums::Absence::dont_know)] == 10);  // 3 of 40, by 5
}

TEST_CASE("an item of three answers is hidden and does not follow from its factor", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "u", 40, {{3, 2}, {40, 30}, {37, 10}, {40, 7}, {40, 8}, {40, 9}});
  const PublishedRun run = publish(run_of(table), rules_for_citizens());
  CHECK(score(run, "u", "f.a").state == PublishedState::hidden);
  CHECK(score(run, "u", "f.a").reason == "too_few_respondents");
  CHECK_FALSE(score(run, "u", "f.a").value);
  // The sibling with the fewest answers goes too; factor and index stay.
  CHECK(score(run, "u", "f.c").state == PublishedState::hidden);
  CHECK(score(run, "u", "f.c").reason == "protects_another");
  CHECK(score(run, "u", "f.b").state == PublishedState::value);
  CHECK(score(run, "u", "f").state == PublishedState::value);
  CHECK(score(run, "u", "root").state == PublishedState::value);
  CHECK(run.hidden == 2);
  CHECK(run.hidden_for_others == 1);
}

TEST_CASE("a unit of four people shows nothing, not even how many", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "big", 40, {{40, 20}, {40, 30}, {40, 10}, {40, 7}, {40, 8}, {40, 9}});
  fill(table, "tiny", 4, {{4, 2}, {4, 3}, {4, 1}, {4, 1}, {4, 2}, {4, 3}});
  const PublishedRun run = publish(run_of(table), rules_for_citizens());
  const PublishedUnit& tiny = *run.find_unit("tiny");
  CHECK(tiny.respondents_low == 0);
  CHECK(tiny.respondents_high == 4);
  for (const PublishedScore& hidden : tiny.scores) {
    CHECK(hidden.state == PublishedState::hidden);
    CHECK_FALSE(hidden.value);
    CHECK_FALSE(hidden.rank);
  }
  CHECK_FALSE(score(run, "big", "root").rank);  // nobody is left to stand beside
  CHECK(run.nodes[0].ranked == 0);
}

TEST_CASE("five to nine people show a mean alone", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "u", 7, {{7, 2}, {7, 3}, {7, 1}, {7, 1}, {7, 2}, {7, 3}});
  const PublishedRun run = publish(run_of(table), rules_for_citizens());
  const PublishedScore& root = score(run, "u", "root");
  CHECK(root.state == PublishedState::value);
  CHECK_FALSE(root.lower);
  CHECK(root.n_low == 5);
  CHECK(root.n_high == 9);
  CHECK(root.missing_percent.empty());
  CHECK(score(publish(run_of(table), rules_for_staff()), "u", "root").state == PublishedState::hidden);
}

TEST_CASE("what everybody answered alike is told as a bound that parents do not sharpen", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "u", 40, {{40, 40}, {40, 30}, {40, 10}, {40, 0}, {40, 8}, {40, 9}});
  const PublishedRun run = publish(run_of(table), rules_for_citizens());
  CHECK(score(run, "u", "f.a").state == PublishedState::at_least);
  CHECK(score(run, "u", "f.a").value == 80.0);
  CHECK_FALSE(score(run, "u", "f.a").lower);
  CHECK(score(run, "u", "g.d").state == PublishedState::at_most);
  CHECK(score(run, "u", "g.d").value == 20.0);
  CHECK((score(run, "u", "f.b").reason == "protects_another" || score(run, "u", "f.c").reason == "protects_another"));
}

TEST_CASE("a hidden commune does not follow from the district and the other communes", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "a", 3, {{3, 2}, {3, 3}, {3, 1}, {3, 1}, {3, 2}, {3, 2}});
  fill(table, "b", 30, {{30, 20}, {30, 10}, {30, 10}, {30, 7}, {30, 8}, {30, 9}});
  fill(table, "c", 40, {{40, 20}, {40, 30}, {40, 10}, {40, 7}, {40, 8}, {40, 9}});
  const std::vector<index::UnitGroup> groups = {{"all", "Tất cả", {"a", "b", "c"}}};
  const PublishedRun run = publish(run_of(table, groups), rules_for_citizens());
  for (std::size_t node = 0; node < run.nodes.size(); ++node) {
    INFO(run.nodes[node].id);
    int shown = 0;
    for (const char* unit : {"a", "b", "c", "all"})
      shown += run.find_unit(unit)->scores[node].state == PublishedState::value;
    CHECK(run.find_unit("a")->scores[node].state == PublishedState::hidden);
    CHECK(shown <= 2);  // of four figures tied by one equation two at least are hidden
  }
  CHECK(score(run, "c", "root").state == PublishedState::value);

  // Without the group only the small commune is hidden.
  CHECK(score(publish(run_of(table), rules_for_citizens()), "b", "root").state == PublishedState::value);
}

TEST_CASE("nested groups are not published so that their difference shows a few", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "a", 2, {{2, 1}, {2, 1}, {2, 1}, {2, 1}, {2, 1}, {2, 1}});
  fill(table, "b", 2, {{2, 1}, {2, 1}, {2, 0}, {2, 1}, {2, 1}, {2, 1}});
  fill(table, "c", 40, {{40, 20}, {40, 30}, {40, 10}, {40, 7}, {40, 8}, {40, 9}});
  fill(table, "d", 40, {{40, 20}, {40, 30}, {40, 10}, {40, 7}, {40, 8}, {40, 9}});
  const std::vector<index::UnitGroup> groups = {{"all", "Tất cả", {"a", "b", "c", "d"}}, {"most", "Phần lớn", {"c", "d"}}};
  const PublishedRun run = publish(run_of(table, groups), rules_for_citizens());
  for (std::size_t node = 0; node < run.nodes.size(); ++node)
    CHECK_FALSE((run.find_unit("all")->scores[node].state == PublishedState::value &&
                 run.find_unit("most")->scores[node].state == PublishedState::value));
}

TEST_CASE("a second publication that differs by a few people is hidden", "[disclosure]") {
  sums::SumsTable first(items());
  fill(first, "u", 40, {{40, 20}, {40, 30}, {40, 10}, {40, 7}, {40, 8}, {40, 9}});
  sums::SumsTable second = first;
  fill(second, "u", 2, {{2, 1}, {2, 1}, {2, 1}, {2, 1}, {2, 1}, {2, 1}});
  const PublishedRun before = publish(run_of(first), rules_for_citizens());
  // Read back from what was kept, or taken as it stands: the same.
  const auto kept = read_earlier_publication(to_json(before));
  REQUIRE(kept.has_value());
  const std::vector<EarlierPublication> earlier = {*kept};
  const std::vector<EarlierPublication> in_memory = {earlier_publication(before)};
  const IndexRun later = run_of(second);
  for (const auto* list : {&earlier, &in_memory}) {
    const PublishedRun run = publish(later, rules_for_citizens(), *list);
    CHECK(score(run, "u", "root").state == PublishedState::hidden);
    CHECK(score(run, "u", "root").reason == "differs_by_too_few");
  }
  // The same input again, a year apart, or many more people: nothing to subtract.
  CHECK(publish(run_of(first), rules_for_citizens(), earlier).hidden == 0);
  std::vector<EarlierPublication> last_year = earlier;
  last_year[0].year = 2024;
  CHECK(publish(later, rules_for_citizens(), last_year).hidden == 0);
  sums::SumsTable third = first;
  fill(third, "u", 10, {{10, 5}, {10, 5}, {10, 5}, {10, 5}, {10, 5}, {10, 5}});
  CHECK(publish(run_of(third), rules_for_citizens(), earlier).hidden == 0);
  // Another model that tells the same questions is heard for its leaves.
  std::vector<EarlierPublication> other_model = earlier;
  other_model[0].model.id = "another";
  const PublishedRun run = publish(later, rules_for_citizens(), other_model);
  CHECK(score(run, "u", "f.a").reason == "differs_by_too_few");
  CHECK(score(run, "u", "f.a").state == PublishedState::hidden);
}

TEST_CASE("a group told as five to nine is hidden when its mean is another one now", "[disclosure]") {
  sums::SumsTable first(items());
  fill(first, "u", 7, {{7, 2}, {7, 3}, {7, 4}, {7, 1}, {7, 2}, {7, 3}});
  sums::SumsTable second = first;
  fill(second, "u", 1, {{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}});
  const std::vector<EarlierPublication> earlier = {earlier_publication(publish(run_of(first), rules_for_citizens()))};
  const PublishedRun run = publish(run_of(second), rules_for_citizens(), earlier);
  CHECK(score(run, "u", "f").state == PublishedState::hidden);
  CHECK(score(run, "u", "f").reason == "differs_by_too_few");
}

TEST_CASE("what is no published run is refused", "[disclosure]") {
  for (const char* text : {"", "[]", "{}", "{\"schema\": \"khaosat/published_run/1\"}", "nonsense", "{\"schema\": 3}"}) {
    INFO(text);
    CHECK(read_earlier_publication(text).error().code == ErrorCode::bad_json);
  }
}

TEST_CASE("published figures without a survey pass as they are", "[disclosure]") {
  const IndexModel pci = test::shipped_model("pci");
  IndexInput input;
  input.year = 2013;
  index::UnitInput unit{"x", "X", {}, {}};
  for (int k = 1; k <= 10; ++k) unit.columns["s" + std::to_string(k)] = index::Datum::of(5.123456);
  input.units = {unit};
  unit.id = "y";
  unit.columns["s3"] = index::Datum::withheld();
  input.units.push_back(unit);
  const PublishedRun run = publish(*index::compute(pci, input), rules_for_citizens());
  CHECK(score(run, "x", "pci").value.value() == Approx(51.23456).epsilon(1e-14));
  CHECK(score(run, "y", "pci").state == PublishedState::withheld);
  CHECK(run.hidden == 0);
}

TEST_CASE("published text holds nothing hidden and is the same every time", "[disclosure]") {
  sums::SumsTable table(items());
  fill(table, "u", 40, {{3, 2}, {40, 30}, {37, 10}, {40, 7}, {40, 8}, {40, 9}});
  const IndexRun run = run_of(table);
  const std::string json = to_json(publish(run, rules_for_citizens()));
  CHECK(json == to_json(publish(run, rules_for_citizens())));
  // No influences by village, no exact means, no internal counts.
  for (const char* word : {"\"influence", "\"psus", "\"raw", "\"n_least", "\"absent", "66.6"})
    CHECK(json.find(word) == std::string::npos);
  const std::string csv = to_csv(publish(run, rules_for_citizens()));
  CHECK(csv.find("f.a,") != std::string::npos);
  CHECK(csv.find("hidden,too_few_respondents,,,") != std::string::npos);
}

// The attacker knows the model, all published values and how figures are tied; rank of the equations
// with and without one hidden figure's column tells whether it is fixed.
TEST_CASE("no sensitive figure of a random survey follows from the published ones", "[disclosure]") {
  std::mt19937_64 random(23);
  const int count = rounds(150, 10000);
  for (int round = 0; round < count; ++round) {
    sums::SumsTable table(items());
    std::vector<index::UnitGroup> groups;
    const std::size_t units = 1 + random() % 4;
    std::vector<std::string> names;
    for (std::size_t u = 0; u < units; ++u) {
      const int respondents = 1 + static_cast<int>(random() % 25);
      std::vector<std::pair<int, int>> shape;
      for (int item = 0; item < 6; ++item) {
        const int n = static_cast<int>(random() % static_cast<unsigned>(respondents + 1));
        shape.emplace_back(n, n == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(n + 1)));
      }
      names.push_back("u" + std::to_string(u));
      fill(table, names.back(), respondents, shape);
    }
    if (random() % 2 == 0) groups.push_back({"all", "", names});
    if (units > 2 && random() % 2 == 0) groups.push_back({"some", "", {names[0], names[1]}});
    const IndexRun run = run_of(table, groups);
    const PublishedRun published = publish(run, rules_for_citizens());
    const FigureSystem system = figures_of(run);
    std::vector<bool> hidden(system.figures.size(), false);
    INFO("round " << round);
    for (std::size_t u = 0; u < run.units.size(); ++u) {
      for (std::size_t node = 0; node < run.nodes.size(); ++node) {
        const std::size_t figure = u * run.nodes.size() + node;
        if (!system.figures[figure].exists) continue;
        hidden[figure] = published.units[u].scores[node].state != PublishedState::value;
        if (system.figures[figure].n < 5) REQUIRE(hidden[figure]);
      }
    }
    for (const FigureSystem::Tie& tie : system.ties) {
      std::size_t unknown = 0;
      bool small = false;
      for (const Term& term : tie.equation.terms) {
        unknown += hidden[term.variable];
        small = small || (hidden[term.variable] && system.figures[term.variable].n < 5);
      }
      if (small) REQUIRE(unknown >= 2);
    }
    // By rank: remove the column of one figure; if the rank falls by one, nothing else can make up
    // for it and the figure is fixed.
    std::vector<std::size_t> columns;
    for (std::size_t figure = 0; figure < hidden.size(); ++figure)
      if (hidden[figure]) columns.push_back(figure);
    const auto rank_without = [&](std::size_t skip) {
      std::vector<std::vector<double>> rows;
      for (const FigureSystem::Tie& tie : system.ties) {
        if (!tie.exact) continue;
        std::vector<double> row(columns.size(), 0);
        for (const Term& term : tie.equation.terms)
          for (std::size_t k = 0; k < columns.size(); ++k)
            if (columns[k] == term.variable && columns[k] != skip) row[k] = term.coefficient;
        rows.push_back(row);
      }
      std::size_t rank = 0;
      for (std::size_t column = 0; column < columns.size() && rank < rows.size(); ++column) {
        std::size_t best = rank;
        for (std::size_t row = rank; row < rows.size(); ++row)
          if (std::fabs(rows[row][column]) > std::fabs(rows[best][column])) best = row;
        if (std::fabs(rows[best][column]) < 1e-9) continue;
        std::swap(rows[rank], rows[best]);
        for (std::size_t row = rank + 1; row < rows.size(); ++row) {
          const double factor = rows[row][column] / rows[rank][column];
          for (std::size_t k = column; k < columns.size(); ++k) rows[row][k] -= factor * rows[rank][k];
        }
        ++rank;
      }
      return rank;
    };
    const std::size_t whole = rank_without(hidden.size());
    for (const std::size_t figure : columns) {
      if (system.figures[figure].n >= 5) continue;
      REQUIRE(rank_without(figure) == whole);
    }
  }
}
