// Sobol shares on functions whose shares are known.
#include "analysis/robustness/sensitivity.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace khaosat;
using namespace khaosat::robustness;

namespace {

constexpr double kPi = 3.14159265358979323846;

std::vector<Dimensions> factors(std::size_t count) {
  std::vector<Dimensions> list;
  for (std::size_t k = 0; k < count; ++k) list.push_back({"x" + std::to_string(k + 1), 1});
  return list;
}

SensitivityOptions many() { return {20000, 604, 50}; }

}  // namespace

TEST_CASE("Ishigami's function has its known shares", "[robustness][parity]") {
  // sin x1 + a sin² x2 + b x3⁴ sin x1 on (-pi, pi), a = 7, b = 0.1 (Ishigami & Homma 1990).
  const double a = 7;
  const double b = 0.1;
  const auto result = sensitivity(factors(3), [&](std::span<const double> u) -> Result<std::vector<double>> {
    const double x1 = kPi * (2 * u[0] - 1);
    const double x2 = kPi * (2 * u[1] - 1);
    const double x3 = kPi * (2 * u[2] - 1);
    return std::vector<double>{std::sin(x1) + a * std::pow(std::sin(x2), 2) + b * std::pow(x3, 4) * std::sin(x1)};
  }, many()).value().front();
  const double v1 = 0.5 * std::pow(1 + b * std::pow(kPi, 4) / 5, 2);
  const double v2 = a * a / 8;
  const double v13 = b * b * std::pow(kPi, 8) * 8 / 225;
  const double v = v1 + v2 + v13;
  CHECK(result.variance == Approx(v).epsilon(0.03));
  CHECK(result.factors[0].first == Approx(v1 / v).margin(0.03));
  CHECK(result.factors[1].first == Approx(v2 / v).margin(0.03));
  CHECK(result.factors[2].first == Approx(0).margin(0.03));
  CHECK(result.factors[0].total == Approx((v1 + v13) / v).margin(0.03));
  CHECK(result.factors[1].total == Approx(v2 / v).margin(0.03));
  CHECK(result.factors[2].total == Approx(v13 / v).margin(0.03));
  CHECK(result.evaluations == 20000u * 5);
  for (const FactorShare& share : result.factors) {
    CHECK(share.first_low <= share.first);
    CHECK(share.first <= share.first_high);
    CHECK(share.total_low <= share.total);
    CHECK(share.total <= share.total_high);
  }
}

TEST_CASE("a linear function shares its variance by squared slopes, far from zero too", "[robustness][parity]") {
  for (const double offset : {0.0, 1e6}) {
    const auto result = sensitivity(factors(3), [&](std::span<const double> u) -> Result<std::vector<double>> {
      return std::vector<double>{offset + u[0] + 2 * u[1] + 3 * u[2]};
    }, many()).value().front();
    INFO(offset);
    CHECK(result.factors[0].first == Approx(1.0 / 14).margin(0.03));
    CHECK(result.factors[1].first == Approx(4.0 / 14).margin(0.03));
    CHECK(result.factors[2].first == Approx(9.0 / 14).margin(0.03));
    for (const FactorShare& share : result.factors) CHECK(share.total == Approx(share.first).margin(0.04));
  }
}

TEST_CASE("a product moves through interaction only", "[robustness][parity]") {
  const auto result = sensitivity(factors(2), [](std::span<const double> u) -> Result<std::vector<double>> {
    return std::vector<double>{(u[0] - 0.5) * (u[1] - 0.5), 5, u[0]};
  }, many()).value();
  for (const FactorShare& share : result[0].factors) {
    CHECK(share.first == Approx(0).margin(0.03));
    CHECK(share.total == Approx(1).margin(0.04));
  }
  // What never moves has no shares, and no NaN.
  CHECK(result[1].variance == 0);
  for (const FactorShare& share : result[1].factors) {
    CHECK(share.first == 0);
    CHECK(share.total == 0);
  }
  CHECK(result[2].factors[0].total == Approx(1).margin(0.03));
  CHECK(result[2].factors[1].total == 0);
}

TEST_CASE("several numbers may form one factor", "[robustness]") {
  const std::vector<Dimensions> groups = {{"both", 2}, {"one", 1}};
  const auto result = sensitivity(groups, [](std::span<const double> u) -> Result<std::vector<double>> {
    return std::vector<double>{u[0] + u[1] + u[2]};
  }, many()).value().front();
  CHECK(result.factors[0].first == Approx(2.0 / 3).margin(0.03));
  CHECK(result.factors[1].first == Approx(1.0 / 3).margin(0.03));
}

TEST_CASE("the same seed gives the same bits, another seed others", "[robustness]") {
  const auto run = [](std::uint64_t seed) {
    return sensitivity(factors(2), [](std::span<const double> u) -> Result<std::vector<double>> {
      return std::vector<double>{u[0] * u[1]};
    }, {64, seed, 20}).value().front();
  };
  CHECK(run(1).factors[0].first == run(1).factors[0].first);
  CHECK(run(1).factors[0].total_high == run(1).factors[0].total_high);
  CHECK(run(1).factors[0].first != run(2).factors[0].first);
}

TEST_CASE("what cannot be analysed is refused, and the function's own refusal is passed", "[robustness]") {
  const auto constant = [](std::span<const double>) -> Result<std::vector<double>> { return std::vector<double>{1}; };
  CHECK(sensitivity({}, constant).error().code == ErrorCode::out_of_range);
  CHECK(sensitivity(factors(1), constant, {4, 1, 0}).error().code == ErrorCode::out_of_range);
  CHECK(sensitivity(factors(1), [](std::span<const double>) -> Result<std::vector<double>> {
          return fail(ErrorCode::anchor_degenerate, "no");
        }).error().code == ErrorCode::anchor_degenerate);
}

TEST_CASE("the g-function of Sobol has its known shares", "[robustness][parity]") {
  // Prod (|4x - 2| + a)/(1 + a): V_i = 1/(3 (1 + a_i)^2), V = prod (1 + V_i) - 1, total_i = V_i prod_{j != i} (1 + V_j) / V.
  const std::vector<double> a = {0, 1, 4.5, 9};
  const auto found = sensitivity(
      factors(4),
      [&](std::span<const double> x) -> Result<std::vector<double>> {
        double product = 1;
        for (std::size_t k = 0; k < a.size(); ++k) product *= (std::fabs(4 * x[k] - 2) + a[k]) / (1 + a[k]);
        return std::vector<double>{product};
      },
      many());
  REQUIRE(found.has_value());
  double whole = 1;
  std::vector<double> parts;
  for (const double one : a) {
    parts.push_back(1 / (3 * (1 + one) * (1 + one)));
    whole *= 1 + parts.back();
  }
  const Sensitivity& shares = found->front();
  CHECK(shares.variance == Approx(whole - 1).epsilon(0.03));
  for (std::size_t k = 0; k < a.size(); ++k) {
    INFO(shares.factors[k].factor);
    CHECK(std::fabs(shares.factors[k].first - parts[k] / (whole - 1)) < 0.02);
    CHECK(std::fabs(shares.factors[k].total - parts[k] * whole / (1 + parts[k]) / (whole - 1)) < 0.02);
  }
}
