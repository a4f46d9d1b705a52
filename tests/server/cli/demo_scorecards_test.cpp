// The demo is started on any day, also in the first weeks of a year, when its made-up acts lie in the last one.
#include "server/cli/demo_scorecards.h"

#include <catch2/catch.hpp>

#include "server/catalog/catalog.h"

using namespace khaosat;

TEST_CASE("the demo's scorecards can be made on every day of the year") {
  const Catalog catalog = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  const auto set = catalog.scorecard("par_commune_scorecard_example");
  REQUIRE(set);
  // Nine in the evening in Viet Nam, from 1 January 2027 over 29 February 2028.
  for (int day = 0; day < 430; ++day) {
    const UnixSeconds now = 1798812000 + day * UnixSeconds{86400};
    CAPTURE(vietnam_date(now));
    const int year = std::stoi(vietnam_date(now));
    for (const bool finished : {false, true}) {
      const auto sheets = cli::demo_scorecard(set, {"1@2025-07-01", "Xã", year, "np", finished, "", ""}, now);
      if (!sheets) FAIL(sheets.error().message);
      CHECK(sheets->size() > 3);
    }
  }
}
