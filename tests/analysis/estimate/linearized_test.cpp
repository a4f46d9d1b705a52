#include "analysis/estimate/linearized.h"

#include <array>
#include <catch2/catch.hpp>
#include <limits>

#include "analysis/estimate/estimate.h"

using namespace khaosat;
using namespace khaosat::estimate;

namespace {

// Stratum 0: PSUs 0, 1; stratum 1: PSUs 2, 3, 4.
SampleDesign five_psus() {
  PsuTableInput input;
  input.stratum = {0, 0, 1, 1, 1};
  input.psu = {0, 1, 2, 3, 4};
  input.weight = {10, 20, 5, 5, 5};
  return SampleDesign::create_from_psus(input).value();
}

const std::vector<ItemSums> kSums = {{0, 4, 10, 30}, {1, 5, 20, 40}, {3, 2, 10, 50}};

}  // namespace

TEST_CASE("a mean and its influences follow from sums per PSU") {
  const auto mean = mean_from_sums(kSums).value();
  CHECK(mean.value == 3);                      // 120 / 40
  REQUIRE(mean.influence.size() == 3);
  CHECK(mean.influence[0].influence == 0);     // (30 - 3 * 10) / 40
  CHECK(mean.influence[1].influence == -0.5);  // (40 - 3 * 20) / 40
  CHECK(mean.influence[2].influence == 0.5);   // (50 - 3 * 10) / 40
}

TEST_CASE("PSUs outside the domain stay in the sample with influence zero") {
  const auto mean = mean_from_sums(kSums).value();
  // Stratum 0: 2/1 * sum of (z - mean)^2 = 2 * (0.25^2 + 0.25^2) = 0.25.
  // Stratum 1: 3/2 * (z = 0, 0.5, 0 around 1/6) = 1.5 * (0.25 - 3/36) = 0.25.
  CHECK(variance(five_psus(), mean).value() == Approx(0.5).epsilon(1e-14));
}

TEST_CASE("degrees of freedom count the PSUs and strata of the domain") {
  const auto design = five_psus();
  CHECK(design_degrees_of_freedom(design) == 3);
  const auto estimate = estimate_from(design, mean_from_sums(kSums).value()).value();
  CHECK(estimate.degrees_of_freedom == 1);  // 3 PSUs, 2 strata
  CHECK(*estimate.upper == Approx(3 + 12.706204736174694 * std::sqrt(0.5)).epsilon(1e-12));
}

TEST_CASE("the chain rule adds influences with the gradient") {
  const std::array<LinearizedByPsu, 2> parts = {
      LinearizedByPsu{2, {{0, 1}, {2, 3}}}, LinearizedByPsu{5, {{1, 1}, {2, 1}}}};
  const auto product = combine(10, parts, std::array<double, 2>{5, 2});
  REQUIRE(product.influence.size() == 3);
  CHECK(product.value == 10);
  CHECK(product.influence[0].influence == 5);
  CHECK(product.influence[1].influence == 2);
  CHECK(product.influence[2].influence == 17);
  const auto gap = difference(parts[0], parts[0]);
  CHECK(gap.value == 0);
  CHECK(variance(five_psus(), gap).value() == 0);
}

TEST_CASE("sums nobody answered, without weight or out of order are refused") {
  const std::vector<ItemSums> nobody = {{0, 0, 0, 0}};
  CHECK(mean_from_sums(nobody).error().code == ErrorCode::no_valid_answers);
  CHECK(mean_from_sums({}).error().code == ErrorCode::no_valid_answers);
  const std::vector<ItemSums> weightless = {{0, 2, 0, 0}};
  CHECK(mean_from_sums(weightless).error().code == ErrorCode::weights_sum_to_zero);
  const std::vector<ItemSums> disordered = {{1, 2, 1, 1}, {0, 2, 1, 1}};
  CHECK(mean_from_sums(disordered).error().code == ErrorCode::design_invalid);
  const std::vector<ItemSums> broken = {{0, 2, 1, std::numeric_limits<double>::quiet_NaN()}};
  CHECK(mean_from_sums(broken).error().code == ErrorCode::design_invalid);
}

TEST_CASE("a lonely PSU leaves the value without an error, and the reason is flagged") {
  PsuTableInput input;
  input.stratum = {0, 0, 1};
  input.psu = {0, 1, 2};
  input.weight = {1, 1, 1};
  const auto design = SampleDesign::create_from_psus(input).value();
  const LinearizedByPsu touching{1, {{0, 1}, {2, -1}}};
  CHECK(variance(design, touching).error().code == ErrorCode::lonely_psu);
  const auto estimate = estimate_from(design, touching).value();
  CHECK(estimate.value == 1);
  CHECK_FALSE(estimate.standard_error.has_value());
  CHECK(has(estimate.flags, EstimateFlag::lonely_psu));
  // A domain that does not reach the lonely stratum is not disturbed by it.
  CHECK(variance(design, LinearizedByPsu{1, {{0, 1}, {1, -1}}}).value() == 4);
}

TEST_CASE("equal answers give an error of zero that is flagged, not certainty") {
  const std::vector<ItemSums> equal = {{0, 4, 10, 30}, {1, 5, 20, 60}};
  const auto estimate = estimate_from(five_psus(), mean_from_sums(equal).value()).value();
  CHECK(*estimate.standard_error == 0);
  CHECK(has(estimate.flags, EstimateFlag::zero_variance));
}

TEST_CASE("as many strata as PSUs leave an error but no interval") {
  const std::vector<ItemSums> one_each = {{0, 4, 10, 30}, {2, 5, 20, 40}};
  const auto estimate = estimate_from(five_psus(), mean_from_sums(one_each).value()).value();
  CHECK(estimate.standard_error.has_value());
  CHECK_FALSE(estimate.lower.has_value());
  CHECK(has(estimate.flags, EstimateFlag::no_degrees_of_freedom));
}

TEST_CASE("influences per respondent and per PSU give the same variance") {
  SampleDesignInput input;
  input.weight = {1, 2, 1, 3, 1, 1, 2};
  input.stratum = {0, 0, 0, 0, 1, 1, 1};
  input.psu = {0, 0, 1, 1, 2, 3, 3};
  const auto design = SampleDesign::create(input).value();
  const Linearized rows{4, {0.5, -1, 0.25, 0, 2, -1, 3}, {1, 1, 1, 0, 1, 1, 1}};
  const auto by_psu = sum_by_psu(design, rows).value();
  CHECK(variance(design, rows).value() ==
        Approx(variance(design, by_psu).value()).epsilon(1e-14));
}
