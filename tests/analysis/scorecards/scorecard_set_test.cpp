// The scorecard file: what is read, what is refused, and points from counts and surveys.
#include <catch2/catch.hpp>

#include "tests/analysis/scorecards/scorecard_sample.h"

using namespace khaosat;
using namespace khaosat::scorecards;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a scorecard gives order, codes and maxima") {
  Faults faults;
  const auto set = read_scorecard_set("sample.json", sample_text(), faults);
  REQUIRE(to_text(faults).empty());
  CHECK(set.maximum() == 30);
  CHECK(set.find("reports")->code == "1.1.2");
  CHECK(set.find("satisfied")->code == "2.1");
  CHECK(set.find("late")->code == "P1");
  CHECK(set.leaves().size() == 7);
  CHECK(set.find("nothing") == nullptr);
}

TEST_CASE("a faulty scorecard is refused with the place of the fault") {
  struct Row {
    const char* from;
    const char* to;
    ErrorCode code;
    const char* place;
  };
  const Row rows[] = {
      {"\"maximum\":12", "\"maximum\":13", ErrorCode::definition_invalid, "/fields/0/criteria/0/maximum"},
      {"\"id\":\"notice\"", "\"id\":\"plan\"", ErrorCode::duplicate_key, "/fields/0/criteria/1/id"},
      {"\"points\":6", "\"points\":11", ErrorCode::points_above_maximum, "/fields/0/criteria/0/subcriteria/1/ratio/bands/1"},
      {"\"points\":2}", "\"points\":7}", ErrorCode::definition_invalid, "/fields/0/criteria/0/subcriteria/1/ratio/bands/2"},
      {"\"at_least\":0.5", "\"at_least\":0.95", ErrorCode::definition_invalid, "/fields/0/criteria/0/subcriteria/1/ratio/bands/2"},
      {"\"zero_at\":50", "\"zero_at\":100", ErrorCode::anchor_degenerate, "/fields/1/criteria/0/survey"},
      {"\"cap\":2", "\"cap\":-2", ErrorCode::out_of_range, "/bonus/cap"},
      {"\"criteria\":[\n  {\"id\":\"satisfied\"", "\"ratio\":{},\"criteria\":[\n  {\"id\":\"satisfied\"", ErrorCode::unknown_field, "/fields/1/ratio"},
  };
  for (const auto& row : rows) {
    Faults faults;
    (void)read_scorecard_set("sample.json", replaced(sample_text(), row.from, row.to), faults);
    INFO(row.to << "\n" << to_text(faults));
    const bool found = std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.code == row.code && fault.place == row.place; });
    CHECK(found);
  }
}

TEST_CASE("counts give points by bands, and what cannot be is refused") {
  const auto set = sample_set();
  const Item& item = *set->find("reports");
  CHECK(*points_of_ratio(item, 12, 12, 2) == 10);
  CHECK(*points_of_ratio(item, 9, 10, 2) == 6);  // exactly on the edge
  CHECK(*points_of_ratio(item, 899, 1000, 2) == 2);
  CHECK(*points_of_ratio(item, 0, 12, 2) == 0);
  CHECK(points_of_ratio(item, 13, 12, 2).error().code == ErrorCode::out_of_range);
  CHECK(points_of_ratio(item, -1, 12, 2).error().code == ErrorCode::out_of_range);
  CHECK(points_of_ratio(item, 0, 0, 2).error().code == ErrorCode::out_of_range);
}

TEST_CASE("a survey's value is converted along the stated line and cut at its ends") {
  const auto set = sample_set();
  const Item& item = *set->find("satisfied");
  CHECK(*points_of_survey(item, 100, 2) == 10);
  CHECK(*points_of_survey(item, 75, 2) == 5);
  CHECK(*points_of_survey(item, 40, 2) == 0);
  CHECK(*points_of_survey(item, 120, 2) == 10);
  CHECK(points_of_survey(item, std::nan(""), 2).error().code == ErrorCode::out_of_range);
}

TEST_CASE("rounding is half away from zero as people see decimals") {
  CHECK(rounded(2.675, 2) == 2.68);
  CHECK(rounded(2.5, 0) == 3);
  CHECK(rounded(2.4999, 0) == 2);
  CHECK(rounded(-0.5, 0) == -1);
}
