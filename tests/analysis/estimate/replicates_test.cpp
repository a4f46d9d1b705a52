#include "analysis/estimate/replicates.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "analysis/estimate/calibration.h"
#include "analysis/estimate/quantile.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;
using nlohmann::json;

namespace {

// A weighted ratio over those inside `domain`.
Statistic weighted_ratio(std::vector<double> y, std::vector<double> x, Domain domain = {}) {
  return [=](std::span<const double> weights) -> Result<double> {
    double above = 0;
    double below = 0;
    for (std::size_t row = 0; row < weights.size(); ++row) {
      if (!domain.empty() && domain[row] == 0) continue;
      above += weights[row] * y[row];
      below += weights[row] * x[row];
    }
    if (below == 0) return fail(ErrorCode::weights_sum_to_zero, "nobody left");
    return above / below;
  };
}

Statistic weighted_mean(const std::vector<double>& y, const Domain& domain = {}) {
  return weighted_ratio(y, std::vector<double>(y.size(), 1), domain);
}

Statistic weighted_total(std::vector<double> y) {
  return [=](std::span<const double> weights) -> Result<double> {
    return std::inner_product(weights.begin(), weights.end(), y.begin(), 0.0);
  };
}

double error_of(const ReplicateWeights& weights, const Statistic& statistic) {
  return *estimate_by_replicates(weights, statistic).value().standard_error;
}

void check_block(const Table& table, const ReplicateWeights& weights, const json& block) {
  ReplicateWeights by_rank = weights;
  by_rank.degrees_of_freedom.reset();
  CHECK(degrees_of_freedom(by_rank) == number(block["degf"]));
  const auto api00 = table.numbers("api00");
  const auto stu = table.numbers("api.stu");
  const auto names = std::vector<std::string>{"api00", "api.stu"};
  for (const auto& name : names) {
    const auto y = table.numbers(name);
    const auto found = estimate_by_replicates(weights, weighted_mean(y)).value();
    CHECK(agrees(found.value, number(block["mean"]["estimate"][name])));
    CHECK(agrees(*found.standard_error, number(block["mean"]["se"][name])));
    CHECK(agrees(error_of(weights, weighted_total(y)), number(block["total"]["se"][name])));
  }
  const auto first = replicate(weights, weighted_mean(api00)).value();
  const auto second = replicate(weights, weighted_mean(stu)).value();
  CHECK(agrees(replicate_covariance(weights, first, second),
               number(block["mean"]["vcov"]["values"][0][1])));
  if (block.contains("ratio") && table.text("enroll")[0] != "")
    CHECK(agrees(error_of(weights, weighted_ratio(stu, table.numbers("enroll"))),
                 number(block["ratio"]["se"])));
  CHECK(agrees(error_of(weights, weighted_mean(api00, table.where("awards", "Yes"))),
               number(block["domain_awardsYes_mean"]["se"]["api00"])));
  for (const std::string type : {"E", "H", "M"})
    CHECK(agrees(error_of(weights, weighted_mean(api00, table.where("stype", type))),
                 number(block["svyby_stype"]["se"][type])));
}

SampleDesign clustered(const Table& table) {
  SampleDesignInput input;
  input.psu = table.ids("dnum");
  input.weight = table.numbers("pw");
  return SampleDesign::create(input).value();
}

SampleDesign pseudo_clusters(const Table& table) {
  SampleDesignInput input;
  input.stratum = table.ids("stype");
  input.psu = table.ids("psu");
  input.weight = table.numbers("pw");
  return SampleDesign::create(input).value();
}

ReplicateWeights read_replicates(const std::string& name, std::size_t count) {
  const Table table = Table::read(name);
  ReplicateWeights weights;
  weights.full = table.numbers("base_w");
  for (std::size_t r = 1; r <= count; ++r)
    weights.replicates.push_back(table.numbers("r" + std::to_string(r)));
  return weights;
}

}  // namespace

TEST_CASE("the jackknife agrees with R's survey, around either centre") {
  const Table table = Table::read("data/apiclus1.csv");
  const json expected = read_json("expected/08_replicates.json");
  auto weights = jackknife(clustered(table), ReplicateType::jk1).value();
  CHECK(agrees(weights.scale, number(expected["clus1_JK1"]["scale"])));
  check_block(table, weights, expected["clus1_JK1"]);
  weights.centre = ReplicateCentre::full_sample;
  check_block(table, weights, expected["clus1_JK1_mse"]);
}

TEST_CASE("given replicate weights are evaluated as R's survey does") {
  const json expected = read_json("expected/08_replicates.json");
  const Table strat = Table::read("data/apistrat_pseudo_psu.csv");
  const json& jkn = expected["strat_pseudo_JKn"];
  auto given = read_replicates("data/repw_strat_JKn.csv", 30);
  given.scale = number(jkn["scale"]);
  given.rscales = jkn["rscales"].get<std::vector<double>>();
  check_block(strat, given, jkn);
  // Ours come out the same.
  check_block(strat, jackknife(pseudo_clusters(strat), ReplicateType::jkn).value(), jkn);
}

TEST_CASE("replicates of a total give the linearised variance exactly") {
  // A total is linear in the weights, so every method must return the formula.
  const Table table = Table::read("data/apistrat_2psu.csv");
  SampleDesignInput input;
  input.stratum = table.ids("st8");
  input.psu = table.ids("p2");
  input.weight = table.numbers("pw");
  input.psu_ids_restart_in_each_stratum = true;
  const auto design = SampleDesign::create(input).value();
  const auto y = table.numbers("enroll");
  const double formula = variance(design, total(design, y).value()).value();
  const double rho = GENERATE(0.0, 0.3, 0.5);
  const auto half_samples = balanced_repeated(design, rho).value();
  CHECK(std::pow(error_of(half_samples, weighted_total(y)), 2) == Approx(formula).epsilon(1e-10));
  const auto left_out = jackknife(design, ReplicateType::jkn).value();
  CHECK(std::pow(error_of(left_out, weighted_total(y)), 2) == Approx(formula).epsilon(1e-10));
}

TEST_CASE("the bootstrap is near the formula and the same for the same seed") {
  const Table table = Table::read("data/apistrat_pseudo_psu.csv");
  const auto design = pseudo_clusters(table);
  const auto y = table.numbers("api00");
  const auto weights = bootstrap(design, 800, 20240501).value();
  const double formula = std::sqrt(variance(design, mean(design, y).value()).value());
  CHECK(error_of(weights, weighted_mean(y)) == Approx(formula).epsilon(0.1));
  CHECK(bootstrap(design, 3, 7).value().replicates == bootstrap(design, 3, 7).value().replicates);
  CHECK(bootstrap(design, 3, 7).value().replicates != bootstrap(design, 3, 8).value().replicates);
}

TEST_CASE("recalibrated replicates know what calibration fixed") {
  const Table table = Table::read("data/apistrat_pseudo_psu.csv");
  const auto design = pseudo_clusters(table);
  const auto awards = code_labels(table.text("awards"));
  const Margin margin{awards.codes, {{0, 2200}, {1, 3994}}};
  const auto step = [&](const SampleDesign& base) { return post_stratify(base, margin); };
  const auto plain = jackknife(design, ReplicateType::jkn).value();
  const auto weights = recalibrated(design, plain, step).value();
  CHECK(error_of(weights, weighted_total(table.is("awards", "Yes"))) < 1e-8);
  const auto adjusted = step(design).value();
  const auto y = table.numbers("api00");
  const double formula = std::sqrt(variance(adjusted, mean(adjusted, y).value()).value());
  CHECK(error_of(weights, weighted_mean(y)) == Approx(formula).epsilon(0.05));
}

TEST_CASE("a median has an error by replicates and a near one by Woodruff's interval") {
  const Table table = Table::read("data/apistrat_pseudo_psu.csv");
  const auto design = pseudo_clusters(table);
  const auto y = table.numbers("api00");
  const Statistic median = [&](std::span<const double> weights) {
    return weighted_quantile(y, weights, 0.5);
  };
  const auto by_bootstrap =
      estimate_by_replicates(bootstrap(design, 400, 11).value(), median).value();
  const auto by_interval = estimate_quantile(design, y, 0.5).value();
  CHECK(by_bootstrap.value == by_interval.value);
  CHECK(*by_bootstrap.standard_error == Approx(*by_interval.standard_error).epsilon(0.35));
}

TEST_CASE("replicates that cannot be are refused") {
  const Table table = Table::read("data/apistrat_pseudo_psu.csv");
  const auto design = pseudo_clusters(table);
  CHECK(jackknife(design, ReplicateType::jk1).error().code == ErrorCode::design_invalid);
  CHECK(balanced_repeated(design).error().code == ErrorCode::design_invalid);
  CHECK(bootstrap(design, 1, 1).error().code == ErrorCode::out_of_range);
  ReplicateWeights weights;
  CHECK(check_replicates(weights).error().code == ErrorCode::design_invalid);
  weights.full = {1, 1};
  weights.replicates = {{1, 2}, {1, NAN}};
  weights.rscales = {1, 1};
  CHECK(check_replicates(weights).error().code == ErrorCode::weight_invalid);
  weights.replicates = {{1, 2}, {1}};
  CHECK(check_replicates(weights).error().code == ErrorCode::design_invalid);

  SampleDesignInput lonely;
  lonely.weight = {1, 1, 1};
  lonely.stratum = {0, 0, 1};
  lonely.psu = {0, 1, 2};
  const auto failing = SampleDesign::create(lonely).value();
  CHECK(jackknife(failing, ReplicateType::jkn).error().code == ErrorCode::lonely_psu);
  CHECK(bootstrap(failing, 5, 1).error().code == ErrorCode::lonely_psu);
}
