#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <malloc.h>
#include <string>

#include "analysis/disclosure/published_run_json.h"
#include "server/exports/result_files.h"
#include "tests/support/answer_body.h"
#include "tests/support/exported_survey.h"
#include "tests/support/sanitized.h"
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

// As an index of a whole country has it.
disclosure::PublishedRun published(std::size_t units, std::size_t nodes) {
  disclosure::PublishedRun run;
  run.year = 2026;
  for (std::size_t k = 0; k < nodes; ++k) {
    index::RunNode node;
    node.id = "node" + std::to_string(k);
    node.title = LocalText("Mức độ hài lòng về thủ tục số " + std::to_string(k));
    run.nodes.push_back(node);
  }
  for (std::size_t u = 0; u < units; ++u) {
    disclosure::PublishedUnit unit;
    unit.id = "u" + std::to_string(u);
    unit.name = "Xã số " + std::to_string(u);
    for (std::size_t k = 0; k < nodes; ++k) {
      disclosure::PublishedScore score;
      score.state = disclosure::PublishedState::value;
      score.value = static_cast<double>((u * 31 + k) % 997) / 10;
      score.lower = *score.value - 1;
      score.upper = *score.value + 1;
      score.n_low = score.n_high = 100;
      unit.scores.push_back(score);
    }
    run.units.push_back(std::move(unit));
  }
  return run;
}

// The peak since the last call; starts anew.
long peak_since() {
  const long kilobytes = peak();
  std::ofstream("/proc/self/clear_refs") << 5;
  return kilobytes;
}

}  // namespace

TEST_CASE("ten times the rows take no more memory") {
  export_rows(20'000);
  malloc_trim(0);
  const long before = peak();
  const std::uint64_t rows = test::kSanitized ? 40'000 : 200'000;
  const double seconds = export_rows(rows);
  const long growth = peak() - before;
  WARN(rows << " rows in " << seconds << " s (" << static_cast<double>(rows) / seconds << " rows/s), peak grew by " << growth << " kB from " << before);
  // 180,000 more rows would be 10 MB packed and 90 MB as cells; some of the growth is working files of the shuffle,
  // of which one at a time is put in order.
  if (!test::kSanitized) CHECK(growth < 8'000);
}

TEST_CASE("results are written unit by unit, the same bytes as at once") {
  const auto run = published(4000, 60);
  const auto say = [](std::string_view key) { return std::string(key); };
  for (const auto format : {exports::ResultFormat::csv, exports::ResultFormat::json, exports::ResultFormat::xlsx}) {
    const std::string name(exports::name_of(format));
    CAPTURE(name);
    malloc_trim(0);
    peak_since();
    const long before = peak_since();
    const auto file = exports::result_file(run, format, "vi", say);
    const long growth = peak_since() - before;
    REQUIRE(file);
    WARN("240,000 scores as " << name << ": " << (*file)->size() / 1'000'000 << " MB, peak grew by " << growth << " kB");
    if (!test::kSanitized) CHECK(growth < 6'000);
    if (format == exports::ResultFormat::csv) CHECK((bytes_of(**file) == "\xEF\xBB\xBF" + disclosure::to_csv(run)));
    if (format == exports::ResultFormat::json) CHECK((bytes_of(**file) == disclosure::to_json(run)));
  }
}
