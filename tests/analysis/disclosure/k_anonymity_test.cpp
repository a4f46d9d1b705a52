#include "analysis/disclosure/k_anonymity.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::disclosure;

TEST_CASE("keys and risks of the synthetic survey agree with the reference", "[disclosure][parity]") {
  const test::CsvTable data("data/papi_year1.csv");
  const auto known =
      nlohmann::json::parse(test::read_file("tests/fixtures/statistics/expected/17_disclosure.json"));
  std::vector<std::string> keys;
  std::vector<double> weights;
  for (const auto& row : data.rows) {
    const double age = number_from(data.at(row, "age")).value();
    const char* band = age < 30 ? "18" : age < 45 ? "30" : age < 60 ? "45" : "60";
    keys.push_back(data.at(row, "village") + "|" + data.at(row, "female") + "|" + band);
    weights.push_back(number_from(data.at(row, "w")).value());
  }
  const KeyCounts counts = count_keys(keys);
  const auto& k = known["microdata_k_anonymity"];
  CHECK(counts.records == k["n"]);
  CHECK(counts.alone == k["n_k1"]);
  CHECK(counts.in_pairs == k["n_k2"]);
  CHECK(counts.below_three == k["n_lt3"]);
  CHECK(counts.below_five == k["n_lt5"]);
  CHECK(counts.largest_group == k["max_k"]);

  const std::vector<double> risks = individual_risk(keys, weights);
  const auto& r = known["individual_risk_franconi_polettini"];
  CHECK(*std::max_element(risks.begin(), risks.end()) == Approx(r["max"].get<double>()).epsilon(1e-10));
  CHECK(std::accumulate(risks.begin(), risks.end(), 0.0) ==
        Approx(r["expected_reidentifications"].get<double>()).epsilon(1e-10));
  for (std::size_t i = 0; i < 5; ++i) CHECK(risks[i] == Approx(r["first5"][i].get<double>()).epsilon(1e-10));
  CHECK(std::count_if(risks.begin(), risks.end(), [](double risk) { return risk > 0.05; }) == r["n_above_0.05"]);
}

TEST_CASE("a complete enumeration leaves the risk of a guess", "[disclosure]") {
  const std::vector<std::string> keys = {"a", "b", "b", "c", "c", "c"};
  const std::vector<double> ones(6, 1);
  const std::vector<double> risks = individual_risk(keys, ones);
  CHECK(risks[0] == 1);
  CHECK(risks[1] == 0.5);
  CHECK(risks[3] == Approx(1.0 / 3));
  // Just below completeness the formulas go there smoothly.
  const std::vector<double> nearly(6, 1.0001);
  const std::vector<double> close = individual_risk(keys, nearly);
  for (std::size_t k = 0; k < keys.size(); ++k) CHECK(close[k] == Approx(risks[k]).epsilon(1e-3));
}
