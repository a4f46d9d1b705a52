#include "analysis/estimate/distributions.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/estimate/multiplicity.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;

TEST_CASE("quantiles and tails agree with R to 1e-12") {
  const auto expected = read_json("expected/17_distributions_multiplicity.json")["quantiles"];
  CHECK(agrees(normal_quantile(0.975), expected["z_.975"], 1e-12));
  CHECK(agrees(normal_quantile(0.95), expected["z_.95"], 1e-12));
  for (const auto& [name, value] : expected["t_.975"].items())
    CHECK(agrees(student_t_quantile(0.975, std::stod(name.substr(2))), value, 1e-12));
  const double z = normal_quantile(0.975);
  for (const auto& [name, value] : expected["coverage_of_z_interval"].items())
    CHECK(agrees(1 - 2 * student_t_upper(z, std::stod(name.substr(2))), value, 1e-12));
  CHECK(agrees(beta_quantile(0.025, 2.5, 7.25), expected["qbeta"]["a2.5_b7.25_p.025"], 1e-12));
  CHECK(agrees(beta_quantile(0.975, 0.5, 30), expected["qbeta"]["a.5_b30_p.975"], 1e-12));
  CHECK(agrees(beta_cdf(0.3, 2.5, 7.25), expected["pbeta"]["x.3_a2.5_b7.25"], 1e-12));
  CHECK(agrees(chi_squared_quantile(0.999, 30), expected["qchisq"]["p.999_df30"], 1e-12));
  CHECK(agrees(chi_squared_quantile(0.95, 1), expected["qchisq"]["p.95_df1"], 1e-12));
  CHECK(agrees(chi_squared_upper(45, 30), expected["pchisq"]["x45_df30_upper"], 1e-12));
  CHECK(agrees(f_upper(2.5, 5, 20), expected["pf"]["x2.5_df5_20_upper"], 1e-12));
}

TEST_CASE("quantiles undo distribution functions, far into the tails too") {
  const double p = GENERATE(1e-12, 1e-6, 0.001, 0.025, 0.3, 0.5, 0.77, 0.975, 0.9999);
  const double df = GENERATE(0.5, 1.0, 2.0, 3.0, 7.5, 50.0, 1e4);
  INFO(p << " " << df);
  CHECK(student_t_cdf(student_t_quantile(p, df), df) == Approx(p).epsilon(1e-11));
  CHECK(f_cdf(f_quantile(p, df, 12), df, 12) == Approx(p).epsilon(1e-10));
  CHECK(chi_squared_cdf(chi_squared_quantile(p, df), df) == Approx(p).epsilon(1e-10));
  CHECK(beta_cdf(beta_quantile(p, df, 3), df, 3) == Approx(p).epsilon(1e-10));
  CHECK(normal_cdf(normal_quantile(p)) == Approx(p).epsilon(1e-12));
}

TEST_CASE("t with infinite degrees of freedom is normal") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(student_t_quantile(0.9, infinity) == normal_quantile(0.9));
  CHECK(student_t_upper(1.5, infinity) == Approx(normal_upper(1.5)).epsilon(1e-15));
}

TEST_CASE("adjusted p-values agree with R to 1e-12") {
  const auto expected = read_json("expected/17_distributions_multiplicity.json");
  const auto p = expected["p"].get<std::vector<double>>();
  const std::map<std::string, MultiplicityMethod> methods = {
      {"holm", MultiplicityMethod::holm},
      {"hochberg", MultiplicityMethod::hochberg},
      {"BH", MultiplicityMethod::benjamini_hochberg},
      {"BY", MultiplicityMethod::benjamini_yekutieli},
      {"bonferroni", MultiplicityMethod::bonferroni},
      {"sidak", MultiplicityMethod::sidak}};
  for (const auto& [name, method] : methods) {
    const auto adjusted = adjust_p_values(p, method).value();
    // Given in another order, each test keeps its own.
    const std::vector<double> reversed(p.rbegin(), p.rend());
    const auto adjusted_reversed = adjust_p_values(reversed, method).value();
    for (std::size_t k = 0; k < p.size(); ++k) {
      INFO(name << " " << k);
      CHECK(agrees(adjusted[k], expected[name][k], 1e-12));
      CHECK(adjusted[k] >= p[k]);
      CHECK(adjusted_reversed[p.size() - 1 - k] == adjusted[k]);
    }
  }
}

TEST_CASE("no tests are no trouble, and a p-value outside [0, 1] is refused") {
  CHECK(adjust_p_values({}, MultiplicityMethod::holm).value().empty());
  const double bad = GENERATE(-0.1, 1.1, std::numeric_limits<double>::quiet_NaN());
  const std::vector<double> p = {0.5, bad};
  CHECK(adjust_p_values(p, MultiplicityMethod::benjamini_hochberg).error().code ==
        ErrorCode::out_of_range);
}
