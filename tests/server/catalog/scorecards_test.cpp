// Scorecards beside the other definitions: what ships is sound, and a survey that is not there is told.
#include <catch2/catch.hpp>

#include "server/catalog/catalog.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

TEST_CASE("the example scorecard ships sound, is marked as an example, and adds up to 100") {
  const Catalog catalog = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  CHECK(to_text(catalog.faults()).empty());
  const auto set = catalog.scorecard("par_commune_scorecard_example");
  REQUIRE(set);
  CHECK(set->example);
  CHECK(set->title.in("vi").starts_with("VÍ DỤ"));
  CHECK(set->maximum() == 100);
  REQUIRE(catalog.content("scorecard", set->identity.id));
  CHECK(catalog.content("scorecard", set->identity.id)->identity == set->identity);
}

TEST_CASE("points from a survey must name a node of an index model that is there") {
  const test::TemporaryFolder folder;
  folder.write("scorecards/s.json", R"({"schema":"khaosat/scorecard/1","id":"s","version":1,"title":{"vi":"Mẫu"},"source":{"issuer":"x"},
"fields":[{"id":"f","title":{"vi":"F"},"maximum":5,"criteria":[{"id":"c","title":{"vi":"C"},"maximum":5,
"survey":{"model":"sipas","node":"sipas","zero_at":0,"full_at":100}}]}]})");
  const Catalog catalog = Catalog::load(folder.path());
  REQUIRE(catalog.faults().size() == 1);
  CHECK(catalog.faults()[0].code == ErrorCode::definition_unknown);
  CHECK(catalog.faults()[0].file == "scorecards/s.json");
  CHECK_FALSE(catalog.scorecard("s"));
}
