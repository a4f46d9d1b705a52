#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <malloc.h>
#include <string>

#include "tests/support/exported_survey.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

// The largest size the process ever had in memory, in kB.
long peak() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") {
      long kilobytes = 0;
      status >> kilobytes;
      return kilobytes;
    }
  }
  return 0;
}

double export_rows(std::uint64_t rows) {
  const test::TemporaryFolder folder;
  test::SurveyShape shape;
  shape.rows = rows;
  shape.units = 10;
  test::ExportedSurvey survey(shape);
  const SystemClock clock;
  MicrodataActs acts(survey.store, survey.catalog, survey.book, survey.index, clock, folder.path());
  const auto asked = acts.ask(survey.campaign.id, "Đo", "Nội bộ", {"sex", "age_band"}, "lan");
  REQUIRE(asked);
  const auto begun = std::chrono::steady_clock::now();
  const auto made = acts.approve(asked->id, "minh");
  REQUIRE(made);
  CHECK(made->report.records == rows);
  CHECK(made->report.smallest_group >= 5);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

}  // namespace

TEST_CASE("ten times the rows take no more memory") {
  export_rows(20'000);
  malloc_trim(0);
  const long before = peak();
  const double seconds = export_rows(200'000);
  const long growth = peak() - before;
  WARN("200,000 rows in " << seconds << " s (" << 200'000 / seconds << " rows/s), peak grew by " << growth << " kB from " << before);
  // 180,000 more rows would be 10 MB packed and 90 MB as cells. Mapped files count while they are hashed.
  CHECK(growth < 8'000);
}
