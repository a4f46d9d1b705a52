#include "analysis/index/aggregators.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace khaosat;
using namespace khaosat::index;

namespace {

double value_of(const Aggregator& aggregator, const std::vector<double>& scores,
                const std::vector<double>& weights, double power) {
  const auto result = aggregator.combine(scores, weights, power);
  REQUIRE(result.has_value());
  return result->value;
}

struct Case {
  std::vector<double> scores;
  std::vector<double> weights;
  double power;
};

Case random_case(std::mt19937_64& random, const Aggregator& aggregator) {
  std::uniform_real_distribution<double> score(0.5, 10);
  std::uniform_real_distribution<double> weight(0.1, 3);
  std::uniform_real_distribution<double> power(-4, 4);
  Case drawn{{}, {}, aggregator.takes_power ? power(random) : 1};
  const std::size_t count = 1 + random() % 8;
  for (std::size_t k = 0; k < count; ++k) {
    drawn.scores.push_back(score(random));
    drawn.weights.push_back(aggregator.takes_weights ? weight(random) : 1);
  }
  return drawn;
}

}  // namespace

TEST_CASE("the gradient of every aggregator is its derivative", "[index]") {
  for (const Aggregator& aggregator : aggregators()) {
    if (aggregator.across != nullptr) continue;
    std::mt19937_64 random(11);
    for (int round = 0; round < 200; ++round) {
      const Case drawn = random_case(random, aggregator);
      const auto result = aggregator.combine(drawn.scores, drawn.weights, drawn.power);
      REQUIRE(result.has_value());
      REQUIRE(result->gradient.size() == drawn.scores.size());
      for (std::size_t k = 0; k < drawn.scores.size(); ++k) {
        const double step = 1e-5 * drawn.scores[k];
        std::vector<double> up = drawn.scores;
        std::vector<double> down = drawn.scores;
        up[k] += step;
        down[k] -= step;
        const double slope = (value_of(aggregator, up, drawn.weights, drawn.power) -
                              value_of(aggregator, down, drawn.weights, drawn.power)) /
                             (2 * step);
        INFO(aggregator.name << ", round " << round << ", child " << k);
        CHECK(result->gradient[k] == Approx(slope).epsilon(1e-6).margin(1e-8));
      }
    }
  }
}

TEST_CASE("a better child never lowers its parent, and means stay between their children", "[index]") {
  for (const Aggregator& aggregator : aggregators()) {
    if (aggregator.across != nullptr) continue;
    std::mt19937_64 random(12);
    for (int round = 0; round < 200; ++round) {
      const Case drawn = random_case(random, aggregator);
      INFO(aggregator.name << ", round " << round);
      const double value = value_of(aggregator, drawn.scores, drawn.weights, drawn.power);
      std::vector<double> better = drawn.scores;
      better[random() % better.size()] += 0.5;
      CHECK(value_of(aggregator, better, drawn.weights, drawn.power) >= value);
      if (!aggregator.is_mean) continue;
      const auto [low, high] = std::minmax_element(drawn.scores.begin(), drawn.scores.end());
      CHECK(value >= *low - 1e-12);
      CHECK(value <= *high + 1e-12);
    }
  }
}

TEST_CASE("means agree with COINr 1.1.14", "[index]") {
  const std::vector<double> scores = {3, 5, 8, 2};
  const std::vector<double> weights = {1, 2, 1, 4};
  const auto value = [&](const char* name, double power) {
    return value_of(*find_aggregator(name), scores, weights, power);
  };
  CHECK(value("weighted_mean", 1) == Approx(3.625).epsilon(1e-14));
  CHECK(value("geometric_mean", 1) == Approx(3.14618244983973).epsilon(1e-13));
  CHECK(value("harmonic_mean", 1) == Approx(2.79883381924198).epsilon(1e-13));
  CHECK(value("power_mean", 0.5) == Approx(3.37156990847295).epsilon(1e-13));
  CHECK(value("power_mean", -2) == Approx(2.57477236369862).epsilon(1e-13));
  CHECK(value("power_mean", 0) == value("geometric_mean", 1));
}

TEST_CASE("geometric, harmonic and generalised means refuse scores that are not above zero", "[index]") {
  for (const Aggregator& aggregator : aggregators()) {
    if (aggregator.across != nullptr) continue;
    const auto result = aggregator.combine(std::vector<double>{1, 0}, std::vector<double>{1, 1}, 0.5);
    INFO(aggregator.name);
    CHECK(result.has_value() != aggregator.needs_positive);
    if (!result) CHECK(result.error().code == ErrorCode::out_of_range);
  }
}
