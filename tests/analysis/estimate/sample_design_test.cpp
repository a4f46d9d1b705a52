#include "analysis/estimate/sample_design.h"

#include <catch2/catch.hpp>
#include <limits>

using namespace khaosat;
using namespace khaosat::estimate;

namespace {

// Two strata; PSUs 1, 2 in stratum 7, PSUs 3, 4 in stratum 9.
SampleDesignInput small_sample() {
  SampleDesignInput input;
  input.weight = {2, 2, 3, 1, 1, 1};
  input.stratum = {9, 9, 9, 7, 7, 7};
  input.psu = {3, 3, 4, 1, 2, 2};
  return input;
}

ErrorCode refusal(const SampleDesignInput& input) {
  const auto design = SampleDesign::create(input);
  REQUIRE_FALSE(design.has_value());
  return design.error().code;
}

}  // namespace

TEST_CASE("strata and PSUs are indexed by their ids, not by the order of rows") {
  const auto design = SampleDesign::create(small_sample()).value();
  CHECK(design.rows() == 6);
  CHECK(design.stratum_count() == 2);
  CHECK(design.psu_count() == 4);
  CHECK(design.psu_of_row()[0] == 2);
  CHECK(design.psu_of_row()[3] == 0);
  CHECK(design.find_psu(9, 4) == 3U);
  CHECK_FALSE(design.find_psu(9, 1).has_value());
  CHECK(design.sum_of_weights() == 10);
  CHECK_FALSE(design.two_stage());
}

TEST_CASE("weights that are no weights are refused") {
  const double bad = GENERATE(-1.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity());
  SampleDesignInput input = small_sample();
  input.weight[2] = bad;
  CHECK(refusal(input) == ErrorCode::weight_invalid);
}

TEST_CASE("weights that are all zero are refused, a single zero is not") {
  SampleDesignInput input = small_sample();
  input.weight[2] = 0;
  CHECK(SampleDesign::create(input).has_value());
  input.weight.assign(6, 0);
  CHECK(refusal(input) == ErrorCode::weights_sum_to_zero);
}

TEST_CASE("a PSU in two strata is refused unless ids restart in each stratum") {
  SampleDesignInput input = small_sample();
  input.psu = {1, 1, 2, 1, 2, 2};
  CHECK(refusal(input) == ErrorCode::psu_in_two_strata);
  input.psu_ids_restart_in_each_stratum = true;
  CHECK(SampleDesign::create(input).value().psu_count() == 4);
}

TEST_CASE("columns that do not fit the sample are refused") {
  SampleDesignInput input = small_sample();
  SECTION("no rows") { input = {}; }
  SECTION("short column") { input.psu.pop_back(); }
  SECTION("population smaller than the sample") { input.psus_in_population.assign(6, 1); }
  SECTION("population differs inside a stratum") { input.psus_in_population = {9, 9, 8, 5, 5, 5}; }
  SECTION("population missing") {
    input.psus_in_population.assign(6, std::numeric_limits<double>::quiet_NaN());
  }
  SECTION("second stage without population sizes") {
    input.second_stage_unit = {1, 2, 3, 4, 5, 6};
  }
  SECTION("second stage without a first-stage population") {
    input.units_in_population.assign(6, 50);
  }
  SECTION("second-stage population smaller than the sample") {
    input.psus_in_population.assign(6, 10);
    input.units_in_population.assign(6, 1);
  }
  CHECK(refusal(input) == ErrorCode::design_invalid);
}

TEST_CASE("a declared collapse joins lonely strata only, follows chains and refuses circles") {
  SampleDesignInput input;
  input.weight = {1, 1, 1, 1, 1};
  input.stratum = {1, 2, 3, 4, 4};
  input.psu = {1, 2, 3, 4, 5};
  input.lonely_policy = LonelyPsuPolicy::collapse;
  input.collapse_into = {{1, 2}, {2, 4}, {4, 3}};
  const auto design = SampleDesign::create(input).value();
  CHECK(design.stratum_count() == 2);
  CHECK(design.lonely_strata() == std::vector<std::string>{"3"});

  input.collapse_into = {{1, 2}, {2, 1}};
  CHECK(refusal(input) == ErrorCode::design_invalid);
  input.collapse_into = {{1, 8}};
  CHECK(refusal(input) == ErrorCode::design_invalid);
}

TEST_CASE("a stratum whose population is its one PSU is not lonely") {
  SampleDesignInput input;
  input.weight = {1, 1, 1};
  input.stratum = {1, 2, 2};
  input.psus_in_population = {1, 8, 8};
  CHECK(SampleDesign::create(input).value().lonely_strata().empty());
}

TEST_CASE("text ids become codes in the order of the texts") {
  const std::vector<std::string> labels = {"Vân Tùng", "Bằng Vân", "Vân Tùng"};
  const LabelCodes coded = code_labels(labels);
  CHECK(coded.codes == std::vector<std::uint32_t>{1, 0, 1});
  CHECK(coded.names.at(0) == "Bằng Vân");
}
