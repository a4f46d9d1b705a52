#include "analysis/estimate/calibration.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "analysis/estimate/design_effect.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;
using nlohmann::json;

namespace {

struct Stratified {
  Table table = Table::read("data/apistrat.csv");
  Table weights = Table::read("data/calibrated_weights_strat.csv");
  json expected = read_json("expected/07_calibration.json");
  SampleDesign design = create();

  SampleDesign create() const {
    SampleDesignInput input;
    input.stratum = table.ids("stype");
    input.weight = table.numbers("pw");
    input.psus_in_population = table.numbers("fpc");
    return SampleDesign::create(input).value();
  }
  Margin margin(const std::string& column, const std::string& population) const {
    const auto codes = code_labels(table.text(column));
    Margin result{codes.codes, {}};
    for (const auto& [code, label] : codes.names)
      result.population[code] = expected["population"][population][label];
    return result;
  }
};

void check_block(const Stratified& s, const SampleDesign& design, const json& block,
                 const std::string& weight_column) {
  const auto weights = s.weights.numbers(weight_column);
  for (std::size_t row = 0; row < weights.size(); ++row)
    REQUIRE(agrees(design.weights()[row], weights[row], 1e-9));
  CHECK(agrees(design.sum_of_weights(), number(block["sum_w"]), 1e-9));
  CHECK(agrees(kish_effective_size(design.weights()).value(), number(block["kish_neff"]), 1e-9));
  CHECK(degrees_of_freedom(design) == number(block["degf"]));
  const auto check = [&](const json& part, const std::string& name, const Linearized& found) {
    INFO(name);
    CHECK(agrees(found.value, number(part["estimate"][name]), 1e-9));
    // Totals the calibration fixes have no variance; R leaves rounding there.
    CHECK(agrees(std::sqrt(std::max(0.0, variance(design, found).value())),
                 number(part["se"][name]), 1e-9, 1e-7));
  };
  const auto api00 = s.table.numbers("api00");
  check(block["mean"], "api00", mean(design, api00).value());
  check(block["mean"], "api99", mean(design, s.table.numbers("api99")).value());
  check(block["total_enroll"], "enroll", total(design, s.table.numbers("enroll")).value());
  for (const std::string type : {"E", "H", "M"}) {
    check(block["total_stype"], "stype" + type, total(design, s.table.is("stype", type)).value());
    check(block["svyby_stype"], type, mean(design, api00, s.table.where("stype", type)).value());
  }
  check(block["domain_awardsYes_mean"], "api00",
        mean(design, api00, s.table.where("awards", "Yes")).value());
}

}  // namespace

TEST_CASE("post-stratified weights and errors agree with R's survey") {
  const Stratified s;
  check_block(s, post_stratify(s.design, s.margin("sch.wide", "sch.wide")).value(),
              s.expected["strat_poststratify_schwide"], "strat_poststratify_schwide");
}

TEST_CASE("regression weights and errors agree with R's survey") {
  const Stratified s;
  const json& population = s.expected["population"];
  const std::vector<std::vector<double>> auxiliary = {
      std::vector<double>(s.table.rows(), 1), s.table.is("stype", "H"), s.table.is("stype", "M"),
      s.table.numbers("api99")};
  const std::vector<double> totals = {population["N"], population["stype"]["H"],
                                      population["stype"]["M"], population["total_api99"]};
  const auto design = calibrate(s.design, auxiliary, totals).value();
  check_block(s, design, s.expected["strat_greg_stype_api99"], "strat_greg_stype_api99");
}

TEST_CASE("raked weights and errors agree with R's survey") {
  const Stratified s;
  const std::vector<Margin> margins = {s.margin("stype", "stype"),
                                       s.margin("sch.wide", "sch.wide")};
  const auto design = rake(s.design, margins, {1e-12, 1000, RakingVariance::unweighted_sweeps});
  check_block(s, design.value(), s.expected["strat_rake_stype_schwide"],
              "strat_rake_stype_schwide");
  // The projection differs in the fourth digit, as base weights are unequal.
  const auto projected = rake(s.design, margins, {1e-12, 1000, RakingVariance::projection}).value();
  const auto y = s.table.numbers("api00");
  const double sweeps = variance(*design, mean(*design, y).value()).value();
  const double projection = variance(projected, mean(projected, y).value()).value();
  CHECK(projection == Approx(sweeps).epsilon(2e-3));
  CHECK(projection != sweeps);
}

TEST_CASE("exponential calibration on margins is raking") {
  const Stratified s;
  const std::vector<Margin> margins = {s.margin("stype", "stype"),
                                       s.margin("sch.wide", "sch.wide")};
  const auto raked = rake(s.design, margins, {1e-13, 5000, RakingVariance::projection}).value();
  std::vector<std::vector<double>> auxiliary;
  std::vector<double> totals;
  for (const Margin& margin : margins)
    for (const auto& [category, count] : margin.population) {
      totals.push_back(count);
      auxiliary.emplace_back();
      for (const auto mine : margin.category) auxiliary.back().push_back(mine == category ? 1 : 0);
    }
  // The last column follows from the others; dependent columns are legal.
  const auto calibrated =
      calibrate(s.design, auxiliary, totals, {CalibrationFunction::exponential}).value();
  for (std::size_t row = 0; row < s.table.rows(); ++row)
    CHECK(agrees(calibrated.weights()[row], raked.weights()[row], 1e-8));
  const auto y = s.table.numbers("api00");
  CHECK(variance(calibrated, mean(calibrated, y).value()).value() ==
        Approx(variance(raked, mean(raked, y).value()).value()).epsilon(1e-8));
}

TEST_CASE("every calibration reaches its totals, keeps its bounds and leaves them no variance") {
  const Stratified s;
  const auto function = GENERATE(CalibrationFunction::linear, CalibrationFunction::exponential,
                                 CalibrationFunction::logit);
  INFO(name_of(function));
  const std::vector<std::vector<double>> auxiliary = {std::vector<double>(s.table.rows(), 1),
                                                      s.table.numbers("api99")};
  const std::vector<double> totals = {6194, s.expected["population"]["total_api99"]};
  const auto design = calibrate(s.design, auxiliary, totals, {function, 0.98, 1.03}).value();
  for (std::size_t k = 0; k < totals.size(); ++k) {
    const auto reached = total(design, auxiliary[k]).value();
    CHECK(agrees(reached.value, totals[k], 1e-10));
    CHECK(std::sqrt(variance(design, reached).value()) < 1e-7 * totals[k]);
  }
  for (std::size_t row = 0; row < s.table.rows(); ++row) {
    const double moved = design.weights()[row] / s.design.weights()[row];
    CHECK(moved >= 0.98 - 1e-12);
    CHECK(moved <= 1.03 + 1e-12);
  }
}

TEST_CASE("totals no weights can reach are refused") {
  const Stratified s;
  const std::vector<double> ones(s.table.rows(), 1);
  const std::vector<std::vector<double>> twice = {ones, ones};
  const std::vector<double> contradictory = {6194, 6195};
  CHECK(calibrate(s.design, twice, contradictory).error().code == ErrorCode::not_comparable);
  const std::vector<std::vector<double>> once = {ones};
  const std::vector<double> far = {12000};
  CHECK(calibrate(s.design, once, far, {CalibrationFunction::logit, 0.5, 1.5}).error().code ==
        ErrorCode::not_comparable);
  CHECK(calibrate(s.design, once, far, {CalibrationFunction::exponential, 0.5, 1.5}).error().code ==
        ErrorCode::not_comparable);
  CHECK(calibrate(s.design, once, far, {CalibrationFunction::logit}).error().code ==
        ErrorCode::out_of_range);
}

TEST_CASE("a category missing on either side is refused by name") {
  const Stratified s;
  Margin margin = s.margin("sch.wide", "sch.wide");
  margin.population[7] = 10;
  CHECK(post_stratify(s.design, margin).error().code == ErrorCode::not_comparable);
  margin = s.margin("sch.wide", "sch.wide");
  margin.population.erase(0);
  CHECK(post_stratify(s.design, margin).error().code == ErrorCode::not_comparable);
  Margin other = s.margin("stype", "stype");
  other.population.begin()->second += 5;
  const std::vector<Margin> different = {s.margin("sch.wide", "sch.wide"), other};
  CHECK(rake(s.design, different).error().code == ErrorCode::not_comparable);
}

TEST_CASE("trimming keeps the sum of weights and ends inside its limits") {
  const Stratified s;
  const auto trimmed = trim_weights(s.design, 18, 40).value();
  CHECK(trimmed.sum_of_weights() == Approx(s.design.sum_of_weights()).epsilon(1e-13));
  for (const double weight : trimmed.weights()) {
    CHECK(weight >= 18);
    CHECK(weight <= 40 + 1e-9);
  }
  CHECK(trim_weights(s.design, 1, 2).error().code == ErrorCode::out_of_range);
  CHECK(trim_weights(s.design, 5, 2).error().code == ErrorCode::out_of_range);
}
