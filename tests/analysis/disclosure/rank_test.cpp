// Ranks as they leave: sets where there is a sampling error, the order itself where nothing was sampled, else nothing.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/disclosure/disclosure.h"
#include "analysis/disclosure/published_run_json.h"
#include "analysis/disclosure/showable.h"
#include "analysis/index/index_engine.h"
#include "analysis/ranks/rank_sets.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::disclosure;
using index::IndexInput;
using index::IndexRun;
using nlohmann::json;
using sums::Answer;

namespace {

using Basis = PublishedRank::Basis;

// A share that people were asked, and points that somebody gave.
index::IndexModel model() {
  return test::model_from(R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"},
    "source": {"issuer": "x"}, "scale": [0, 100], "questionnaire": {"id": "q", "version": 1},
    "nodes": [{"id": "root", "title": {"vi": "R"}, "aggregate": "mean"},
      {"id": "asked", "parent": "root", "title": {"vi": "A"}, "source": {"survey": {"question": "a", "share_of": ["yes"]}},
       "scoring": {"method": "linear", "multiply": 100}},
      {"id": "given", "parent": "root", "title": {"vi": "G"}, "source": {"published": {"column": "given"}}}]})");
}

struct Place {
  std::string id;
  int people;  // in each of eight villages
  int yes;     // of them, five more in every other village
  double given;
};

const std::vector<Place> kPlaces = {{"a", 20, 15, 60}, {"b", 20, 14, 70}, {"c", 20, 5, 60}, {"d", 20, 12, 10}, {"few", 1, 0, 99}};

IndexRun run_of(const std::vector<Place>& places, bool drawn = true) {
  IndexInput input;
  input.year = 2025;
  input.design.drawn = drawn;
  sums::SumsTable table({"asked"});
  for (const Place& place : places) {
    index::UnitInput unit{place.id, place.id, {}, {}};
    unit.columns["given"] = index::Datum::of(place.given);
    input.units.push_back(unit);
    for (int village = 0; village < (place.people == 1 ? 4 : 8); ++village)
      for (int person = 0; person < place.people; ++person)
        REQUIRE(table.add({place.id, place.id, place.id + std::to_string(village)}, 1,
                          std::vector{Answer::scored(person < place.yes + 5 * (village % 2) ? 1 : 0)}).has_value());
  }
  input.survey = std::move(table);
  const auto run = index::compute(model(), input);
  if (!run) FAIL(run.error().message);
  return *run;
}

const std::optional<PublishedRank>& rank_of(const PublishedRun& run, const std::string& unit, const std::string& node) {
  return run.find_unit(unit)->scores[*run.find_node(node)].rank;
}

}  // namespace

TEST_CASE("what was sampled shows every rank its error leaves open, what was given its order, what is hidden nothing", "[disclosure][ranks]") {
  const IndexRun run = run_of(kPlaces);
  const PublishedRun published = publish(run, rules_for_citizens());
  for (const char* node : {"root", "asked"}) {
    INFO(node);
    const auto place = *run.find_node(node);
    const auto shown = units_with_interval(run, published, place).units;
    REQUIRE(shown.size() == 4);
    const auto sets = ranks::rank_sets(run, place, shown, run.level).value();
    bool open = false;
    for (std::size_t k = 0; k < shown.size(); ++k) {
      const auto& rank = published.units[shown[k]].scores[place].rank;
      REQUIRE(rank);
      CHECK(rank->basis == Basis::possible);
      CHECK(rank->from == sets.joint_pairs[k].best);
      CHECK(rank->to == sets.joint_pairs[k].worst);
      open = open || rank->from < rank->to;
    }
    CHECK(open);  // a and b are too near to tell
    CHECK_FALSE(rank_of(published, "few", node));
    CHECK(published.nodes[place].ranked == 4);
  }
  // Points have no error: ties share, and nobody hides behind the few who answered.
  const std::map<std::string, std::uint32_t> order = {{"few", 1}, {"b", 2}, {"a", 3}, {"c", 3}, {"d", 5}};
  for (const auto& [unit, rank] : order) {
    REQUIRE(rank_of(published, unit, "given"));
    CHECK(rank_of(published, unit, "given")->from == rank);
    CHECK(rank_of(published, unit, "given")->to == rank);
    CHECK(rank_of(published, unit, "given")->basis == Basis::as_given);
  }
}

TEST_CASE("answers of whoever came give no ranks at all", "[disclosure][ranks]") {
  const PublishedRun published = publish(run_of(kPlaces, false), rules_for_citizens());
  for (const PublishedUnit& unit : published.units) {
    CHECK_FALSE(unit.scores[*published.find_node("root")].rank);
    CHECK_FALSE(unit.scores[*published.find_node("asked")].rank);
    CHECK(unit.scores[*published.find_node("given")].rank);
  }
}

TEST_CASE("ranks come back from a kept result; of an older one only those that carry no error", "[disclosure][ranks]") {
  const PublishedRun published = publish(run_of(kPlaces), rules_for_citizens());
  const std::string text = to_json(published);
  CHECK(text.find("\"rank\"") == std::string::npos);
  CHECK(to_csv(published).find("rank,") == std::string::npos);
  const auto again = read_published_run(text);
  REQUIRE(again.has_value());
  CHECK(to_json(*again) == text);

  json older = json::parse(text);  // as programs before wrote it: a bare rank wherever there was a value
  for (json& unit : older["units"])
    for (json& score : unit["scores"]) {
      for (const char* key : {"rank_from", "rank_to", "rank_basis"}) score.erase(key);
      if (score["state"] == "value") score["rank"] = 2;
    }
  const auto kept = read_published_run(older.dump());
  REQUIRE(kept.has_value());
  for (const PublishedUnit& unit : kept->units) {
    CHECK_FALSE(unit.scores[*kept->find_node("root")].rank);
    CHECK_FALSE(unit.scores[*kept->find_node("asked")].rank);
    const auto& given = unit.scores[*kept->find_node("given")].rank;
    REQUIRE(given);
    CHECK(given->from == 2);
    CHECK(given->to == 2);
    CHECK(given->basis == Basis::as_given);
  }
  CHECK(kept->nodes[*kept->find_node("asked")].ranked == 0);
  json wrong = json::parse(text);
  wrong["units"][0]["scores"][0]["rank_basis"] = "guessed";
  CHECK(read_published_run(wrong.dump()).error().code == ErrorCode::bad_json);
}
