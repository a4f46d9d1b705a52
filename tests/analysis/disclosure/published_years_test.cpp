// Years known by their published figures alone.
#include <catch2/catch.hpp>

#include "analysis/disclosure/published_years.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::disclosure;

namespace {

const char* const kModel = R"({"schema": "khaosat/index_model/1", "id": "small", "version": 1,
  "title": {"vi": "Nhỏ"}, "source": {"issuer": "x"}, "scale": [0, 10], "questionnaire": {"id": "q", "version": 1},
  "nodes": [
    {"id": "root", "title": {"vi": "Gốc"}, "aggregate": "weighted_mean"},
    {"id": "one", "parent": "root", "title": {"vi": "Một"}, "weight": 1, "source": {"survey": {"question": "q1"}}}]})";

PublishedScore score(double value, double half, std::uint64_t n) {
  PublishedScore one;
  one.state = PublishedState::value;
  one.value = value;
  one.lower = value - half;
  one.upper = value + half;
  one.degrees_of_freedom = 5;
  one.n_low = one.n_high = n;
  return one;
}

PublishedRun run_of(const index::IndexModel& model, int year, const std::vector<PublishedScore>& roots) {
  PublishedRun run;
  run.model = model.identity;
  run.year = year;
  run.design = "drawn";
  run.nodes.resize(2);
  run.nodes[0].id = "root";
  run.nodes[0].children = {1};
  run.nodes[0].aggregate = "weighted_mean";
  run.nodes[1].id = "one";
  run.nodes[1].parent = 0;
  run.nodes[1].source = "survey";
  int number = 0;
  for (const auto& root : roots) {
    const std::string id = "u" + std::to_string(++number);
    run.units.push_back({id, id, false, root.n_low, root.n_high, {root, root}});
  }
  return run;
}

const PublishedUnitChange* unit_of(const PublishedChange& change, const std::string& id) {
  for (const auto& unit : change.units)
    if (unit.id == id) return &unit;
  FAIL(id);
  return nullptr;
}

}  // namespace

TEST_CASE("published years give the literal comparison and an interval that no common places can break") {
  const auto model = test::model_from(kModel);
  PublishedScore hidden;
  hidden.state = PublishedState::hidden;
  hidden.reason = "too_few_respondents";
  const auto before = run_of(model, 2025, {score(5.0, 0.4, 40), score(5.0, 0.4, 40), score(5.0, 0.4, 40), hidden});
  const auto after = run_of(model, 2026, {score(5.5, 0.4, 40), score(6.2, 0.4, 40), hidden, score(5.5, 0.4, 40)});
  const auto change = compare_published(model, before, after);
  REQUIRE(change);
  const auto& within = unit_of(*change, "u1")->nodes[0];
  CHECK(*within.difference == Approx(0.5));
  CHECK(*within.higher);
  CHECK(*within.within_sampling_error);
  // Each half-width, and one printed digit.
  CHECK(*within.lower == Approx(0.5 - 0.9));
  CHECK(*within.upper == Approx(0.5 + 0.9));
  CHECK_FALSE(within.rise.alone);
  CHECK_FALSE(*unit_of(*change, "u2")->nodes[0].within_sampling_error);
  for (const char* unit : {"u3", "u4"}) {
    const auto& kept_back = unit_of(*change, unit)->nodes[0];
    CHECK_FALSE(kept_back.difference);
    CHECK_FALSE(kept_back.higher);
  }
  CHECK(compare_published(model, after, before).error().code == ErrorCode::out_of_range);
  auto other = before;
  other.model.hash = "another";
  CHECK(compare_published(model, other, after).error().code == ErrorCode::not_comparable);
}
