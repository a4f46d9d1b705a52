#include "analysis/estimate/reliability.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/estimate/design_effect.h"
#include "tests/analysis/estimate/papi_data.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;
using nlohmann::json;

namespace {

std::vector<std::vector<double>> scores_of(const PapiData& papi, const std::string& dimension) {
  std::vector<std::vector<double>> items;
  for (const PapiItem& item : papi.items)
    if (item.dimension == dimension) items.push_back(papi.score(item, DontKnow::missing));
  return items;
}

std::size_t complete_count(const std::vector<std::vector<double>>& items) {
  std::size_t n = 0;
  for (std::size_t row = 0; row < items[0].size(); ++row) {
    bool complete = true;
    for (const auto& item : items) complete = complete && !std::isnan(item[row]);
    n += complete;
  }
  return n;
}

}  // namespace

TEST_CASE("alpha, its relatives and Feldt's interval agree with R's psych") {
  const PapiData papi;
  const json expected = read_json("expected/14_reliability.json");
  const std::string dimension = GENERATE("D1", "D3", "D7");
  const auto missing = GENERATE(MissingAnswers::pairwise, MissingAnswers::complete);
  const json& block = expected["alpha_" + dimension +
                               (missing == MissingAnswers::pairwise ? "_pairwise" : "_complete")];
  INFO(dimension);
  const auto items = scores_of(papi, dimension);
  const std::size_t complete = complete_count(items);
  CHECK(complete == block["n_complete"]);
  const std::size_t rows = missing == MissingAnswers::pairwise ? papi.table.rows() : complete;
  CHECK(rows == block["n_rows"]);
  const Matrix covariances = item_covariances(items, missing).value();
  const auto found = reliability(covariances).value();
  CHECK(agrees(found.alpha, number(block["raw_alpha"])));
  CHECK(agrees(found.standardized_alpha, number(block["std_alpha"])));
  CHECK(agrees(*found.lambda6, number(block["G6_smc"])));
  CHECK(agrees(found.average_correlation, number(block["average_r"])));
  CHECK(agrees(alpha_standard_error(covariances, rows), number(block["se_raw_alpha"])));
  const auto interval = feldt_interval(found.alpha, rows, items.size()).value();
  CHECK(agrees(interval.lower, number(block["feldt"]["lower.ci.raw_alpha"])));
  CHECK(agrees(interval.upper, number(block["feldt"]["upper.ci.raw_alpha"])));
  std::size_t k = 0;
  for (const PapiItem& item : papi.items) {
    if (item.dimension != dimension) continue;
    CHECK(agrees(found.alpha_if_dropped[k], number(block["alpha_if_dropped"][item.name])));
    CHECK(agrees(found.item_rest_correlation[k], number(block["r_drop"][item.name])));
    ++k;
  }
}

TEST_CASE("alpha of weighted answers and omega of one factor agree with R") {
  const PapiData papi;
  const json expected = read_json("expected/14_reliability.json");
  const auto items = scores_of(papi, "D3");
  const auto weighted =
      reliability(weighted_item_covariances(items, papi.table.numbers("w")).value()).value();
  const json& block = expected["alpha_D3_design_weighted_complete"];
  CHECK(agrees(weighted.alpha, number(block["alpha"])));
  CHECK(agrees(weighted.lambda2, number(block["guttman_lambda2"])));

  const json& omega = expected["omega_total_D3_one_factor_minres"];
  double best = 1;
  for (const auto missing : {MissingAnswers::pairwise, MissingAnswers::complete}) {
    const auto factor =
        one_factor(correlations(item_covariances(items, missing).value())).value();
    best = std::min(best, std::abs(factor.omega - number(omega["omega_total_congeneric"])));
  }
  CHECK(best < 1e-3);
}

TEST_CASE("one factor gives back the loadings it was made from") {
  const std::vector<double> loadings = {0.9, 0.7, 0.5, 0.3};
  Matrix r(4, 4);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) r(i, j) = i == j ? 1 : loadings[i] * loadings[j];
  const auto factor = one_factor(r).value();
  for (std::size_t i = 0; i < 4; ++i) CHECK(factor.loadings[i] == Approx(loadings[i]).epsilon(1e-9));
}

TEST_CASE("intraclass correlations agree with R") {
  const PapiData papi;
  const json expected = read_json("expected/14_reliability.json");
  std::size_t compared = 0;
  for (const auto& [name, block] : expected.items()) {
    if (name.rfind("icc_", 0) != 0) continue;
    INFO(name);
    const std::string level = name.substr(4, name.find('_', 4) - 4);
    const std::string item_name = name.substr(name.find('_', 4) + 1);
    const auto cluster = papi.table.ids(level);
    for (const PapiItem& item : papi.items) {
      if (item.name != item_name) continue;
      const auto y = papi.score(item, DontKnow::missing);
      const auto found = intraclass_correlation(y, cluster).value();
      CHECK(found.n == block["n"]);
      CHECK(found.clusters == block["clusters"]);
      CHECK(agrees(found.mean_size, number(block["n0"])));
      CHECK(agrees(found.mean_square_between, number(block["MSB"])));
      CHECK(agrees(found.mean_square_within, number(block["MSW"])));
      CHECK(agrees(found.f, number(block["F"])));
      CHECK(agrees(found.icc, number(block["icc1_anova"])));
      CHECK(agrees(found.reliability_of_means, number(block["icc1k_mean_reliability"])));
      CHECK(agrees(found.cluster_design_effect, number(block["kish_deff_cluster"])));
      const auto components = variance_components(y, cluster).value();
      CHECK(agrees(components.between, number(block["reml_var_between"]), 1e-5));
      CHECK(agrees(components.within, number(block["reml_var_within"]), 1e-5));
      CHECK(agrees(components.icc, number(block["icc_reml"]), 1e-5));
      ++compared;
    }
  }
  CHECK(compared == 8);
}

TEST_CASE("clusters all alike, and people alike in each cluster, have a correlation still") {
  const std::vector<std::uint32_t> cluster = {0, 0, 1, 1, 2, 2};
  // Mean squares between 0: icc = -1 / (n0 - 1), with two to a cluster.
  CHECK(intraclass_correlation(std::vector<double>{1, 3, 1, 3, 1, 3}, cluster)->icc == Approx(-1));
  CHECK(intraclass_correlation(std::vector<double>{1, 1, 2, 2, 3, 3}, cluster)->icc == Approx(1));
  CHECK(intraclass_correlation(std::vector<double>{2, 2, 2, 2, 2, 2}, cluster).error().code == ErrorCode::out_of_range);
}

TEST_CASE("items that cannot be compared are refused") {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<double>> one = {{1, 2, 3}};
  CHECK(item_covariances(one, MissingAnswers::pairwise).error().code == ErrorCode::design_invalid);
  const std::vector<std::vector<double>> constant = {{1, 2, 3}, {2, 2, 2}};
  CHECK(item_covariances(constant, MissingAnswers::pairwise).error().code ==
        ErrorCode::out_of_range);
  const std::vector<std::vector<double>> apart = {{1, 2, missing}, {missing, 2, 3}};
  CHECK(item_covariances(apart, MissingAnswers::pairwise).error().code ==
        ErrorCode::no_valid_answers);
  const std::vector<std::vector<double>> opposed = {{1, 2, 3}, {3, 2, 1}};
  const auto covariances = item_covariances(opposed, MissingAnswers::complete).value();
  CHECK(reliability(covariances).error().code == ErrorCode::out_of_range);

  const std::vector<double> equal = {2, 2, 2, 2};
  const std::vector<std::uint32_t> clusters = {0, 0, 1, 1};
  CHECK(intraclass_correlation(equal, clusters).error().code == ErrorCode::out_of_range);
  const std::vector<std::uint32_t> alone = {0, 0, 0, 0};
  CHECK(intraclass_correlation(equal, alone).error().code == ErrorCode::no_valid_answers);
}
