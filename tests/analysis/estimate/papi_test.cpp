// A whole index computed twice over: per respondent, and from sums per PSU.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "analysis/estimate/design_effect.h"
#include "tests/analysis/estimate/papi_data.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;

namespace {

struct Node {
  std::map<std::string, Linearized> subdimensions;
  std::vector<Linearized> dimensions;
  Linearized total;
  Linearized geometric;
};

// Scores of the codebook: mean of items / number of sub-dimensions, summed upwards.
Node index_of(const PapiData& papi, const SampleDesign& design, const Domain& domain) {
  std::map<std::string, std::vector<Linearized>> items;
  for (const PapiItem& item : papi.items) {
    const auto raw = mean(design, papi.answers(item, DontKnow::by_codebook), domain).value();
    const double slope = (item.reversed ? -9 : 9) / (item.high - item.low);
    const double constant = 1 - slope * (item.reversed ? item.high : item.low);
    items[item.subdimension].push_back(
        linear_combination(constant, std::array{raw}, std::array{slope}));
  }
  Node node;
  std::map<std::string, std::vector<Linearized>> subs;
  for (const auto& [name, parts] : items) {
    const std::vector<double> share(parts.size(), 1.0 / static_cast<double>(parts.size()) / 3);
    node.subdimensions[name] = linear_combination(0, parts, share);
    subs[name.substr(0, 2)].push_back(node.subdimensions[name]);
  }
  for (const auto& [name, parts] : subs)
    node.dimensions.push_back(linear_combination(0, parts, std::vector<double>(parts.size(), 1)));
  node.total = linear_combination(0, node.dimensions, std::vector<double>(8, 1));
  double log_mean = 0;
  for (const auto& dimension : node.dimensions) log_mean += std::log(dimension.value) / 8;
  const double geometric = std::exp(log_mean);
  std::vector<double> gradient;
  for (const auto& dimension : node.dimensions)
    gradient.push_back(geometric / (8 * dimension.value));
  node.geometric = combine(geometric, node.dimensions, gradient);
  return node;
}

double error_of(const SampleDesign& design, const Linearized& linearized) {
  return std::sqrt(variance(design, linearized).value());
}

SampleDesignInput base_input(const PapiData& papi) {
  SampleDesignInput input;
  input.weight = papi.table.numbers("w");
  return input;
}

}  // namespace

TEST_CASE("province indices under four designs agree with R, errors included") {
  const PapiData papi;
  const Table summary = Table::read("expected/11_papi_summary_year1.csv");
  const Table scores = Table::read("expected/11_papi_scores_year1.csv");
  const auto json_expected = read_json("expected/11_papi_scores.json");
  const std::string unit = GENERATE("PROVINCE_designA", "PROVINCE_designA_2stage_fpc",
                                    "PROVINCE_designB", "PROVINCE_female_domain");
  INFO(unit);
  SampleDesignInput input = base_input(papi);
  if (unit == "PROVINCE_designB") {
    input.stratum = papi.table.ids("commune");
    input.psu = papi.table.ids("village");
  } else {
    input.stratum = papi.table.ids("stratum");
    input.psu = papi.table.ids("commune");
  }
  if (unit == "PROVINCE_designA_2stage_fpc") {
    input.psus_in_population = papi.table.numbers("Ncom");
    input.second_stage_unit = papi.table.ids("village");
    input.units_in_population = papi.table.numbers("Mvil");
  }
  const auto design = SampleDesign::create(input).value();
  const Domain domain = unit == "PROVINCE_female_domain" ? papi.table.where("female", "1") : Domain{};
  const Node node = index_of(papi, design, domain);

  std::size_t found = 0;
  for (std::size_t row = 0; row < summary.rows(); ++row) {
    if (summary.text("unit")[row] != unit) continue;
    ++found;
    CHECK(degrees_of_freedom(design, domain) == summary.numbers("degf")[row]);
    CHECK(agrees(node.total.value, summary.numbers("total")[row]));
    CHECK(agrees(error_of(design, node.total), summary.numbers("se_total")[row]));
    CHECK(agrees(node.geometric.value, summary.numbers("geo_mean_dims")[row]));
    CHECK(agrees(error_of(design, node.geometric), summary.numbers("se_geo")[row]));
  }
  const auto estimates = scores.numbers("estimate");
  const auto lower = scores.numbers("lo_t");
  for (std::size_t row = 0; row < scores.rows(); ++row) {
    if (scores.text("unit")[row] != unit || scores.text("level")[row] != "dim") continue;
    ++found;
    const auto k = static_cast<std::size_t>(std::stoi(scores.text("code")[row].substr(1)) - 1);
    const auto estimate =
        estimate_from(design, node.dimensions[k],
                      {0.95, degrees_of_freedom(design, domain), 0, 0}).value();
    CHECK(agrees(estimate.value, estimates[row]));
    CHECK(agrees(*estimate.lower, lower[row]));
  }
  CHECK(found == 9);
  if (unit == "PROVINCE_designA") {
    const auto matrix = covariance_matrix(design, node.dimensions).value();
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t j = 0; j < 8; ++j)
        CHECK(agrees(matrix[i * 8 + j],
                     number(json_expected["year1"]["province_designA_dim_vcov"]["values"][i][j])));
  }
}

TEST_CASE("every commune index from sums per village agrees with R") {
  const PapiData papi;
  SampleDesignInput input = base_input(papi);
  const auto communes = code_labels(papi.table.text("commune"));
  input.stratum = communes.codes;
  input.psu = papi.table.ids("village");
  const auto design = SampleDesign::create(input).value();

  // commune -> item -> sums per village
  std::map<std::string, std::map<std::string, std::map<std::uint32_t, ItemSums>>> sums;
  for (const PapiItem& item : papi.items) {
    const auto y = papi.answers(item, DontKnow::by_codebook);
    for (std::size_t row = 0; row < y.size(); ++row) {
      if (std::isnan(y[row])) continue;
      const std::uint32_t psu = design.psu_of_row()[row];
      ItemSums& here = sums[papi.table.text("commune")[row]][item.name][psu];
      here.psu = psu;
      here.n_answered += 1;
      here.sum_of_weights += design.weights()[row];
      here.sum_of_weighted_scores += design.weights()[row] * y[row];
    }
  }
  const auto listed = [](const std::map<std::uint32_t, ItemSums>& by_psu) {
    std::vector<ItemSums> list;
    for (const auto& [psu, entry] : by_psu) list.push_back(entry);
    return list;
  };

  std::size_t compared = 0;
  const Table indicators = Table::read("expected/11_papi_indicators_year1.csv");
  const auto expected_mean = indicators.numbers("mean");
  const auto expected_error = indicators.numbers("se_mean");
  const auto expected_n = indicators.numbers("n_valid");
  for (std::size_t row = 0; row < indicators.rows(); ++row) {
    const auto unit = sums.find(indicators.text("unit")[row]);
    if (unit == sums.end()) continue;
    const auto list = listed(unit->second[indicators.text("item")[row]]);
    const auto found = mean_from_sums(list).value();
    REQUIRE(static_cast<double>(count_answered(list)) == expected_n[row]);
    REQUIRE(agrees(found.value, expected_mean[row]));
    REQUIRE(agrees(std::sqrt(variance(design, found).value()), expected_error[row]));
    ++compared;
  }
  CHECK(compared == 60 * 96);

  const Table summary = Table::read("expected/11_papi_summary_year1.csv");
  const auto total = summary.numbers("total");
  const auto error = summary.numbers("se_total");
  const auto degf = summary.numbers("degf");
  compared = 0;
  for (std::size_t row = 0; row < summary.rows(); ++row) {
    const auto unit = sums.find(summary.text("unit")[row]);
    if (unit == sums.end()) continue;
    std::vector<LinearizedByPsu> parts;
    std::vector<double> coefficients;
    double constant = 0;
    for (const PapiItem& item : papi.items) {
      parts.push_back(mean_from_sums(listed(unit->second[item.name])).value());
      const double slope = (item.reversed ? -9 : 9) / (item.high - item.low) / 12;
      coefficients.push_back(slope);
      constant += 1.0 / 12 - slope * (item.reversed ? item.high : item.low);
    }
    const auto score = linear_combination(constant, parts, coefficients);
    const auto estimate = estimate_from(design, score).value();
    REQUIRE(agrees(estimate.value, total[row]));
    REQUIRE(agrees(*estimate.standard_error, error[row]));
    REQUIRE(estimate.degrees_of_freedom == degf[row]);
    ++compared;
  }
  CHECK(compared == 60);
}

TEST_CASE("the design effect and Kish's size of the survey agree with R") {
  const PapiData papi;
  const auto expected = read_json("expected/14_reliability.json");
  CHECK(agrees(kish_effective_size(papi.table.numbers("w")).value(),
               number(expected["kish"]["n_eff"])));
  SampleDesignInput input = base_input(papi);
  input.stratum = papi.table.ids("stratum");
  input.psu = papi.table.ids("commune");
  const auto design = SampleDesign::create(input).value();
  const auto y = papi.score(papi.items[0], DontKnow::missing);
  const auto& block = expected["deff_d1s1q1"];
  CHECK(agrees(mean(design, y).value().value, number(block["mean"])));
  CHECK(agrees(error_of(design, mean(design, y).value()), number(block["se"])));
  CHECK(agrees(design_effect_of_mean(design, y, SimpleSample::without_replacement).value(),
               number(block["deff"])));
  CHECK(agrees(design_effect_of_mean(design, y, SimpleSample::with_replacement).value(),
               number(block["deff_replace"])));
}
