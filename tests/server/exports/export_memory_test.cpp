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
  // Without the index, which makes a column file of its own first.
  const auto entry = survey.book.find(survey.campaign.id);
  REQUIRE(entry);
  const auto begun = std::chrono::steady_clock::now();
  const auto made = make_microdata(**entry, {{"sex", "age_band"}, "vi", "2026-11-22"}, folder.path(), std::string(32, 's'), nullptr, nullptr);
  REQUIRE(made);
  CHECK(made->records == rows);
  CHECK(made->smallest_group >= 5);
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
  // 180,000 more rows would be 10 MB packed and 90 MB as cells; some of the growth is working files of the shuffle,
  // of which one at a time is put in order.
  CHECK(growth < 8'000);
}
