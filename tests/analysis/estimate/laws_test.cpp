// What must hold for any sample: laws, and the coverage of intervals.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "analysis/estimate/interval.h"
#include "analysis/estimate/quantile.h"
#include "analysis/estimate/statistics.h"

using namespace khaosat;
using namespace khaosat::estimate;

namespace {

struct RandomSample {
  SampleDesignInput input;
  std::vector<double> y;
};

RandomSample random_sample(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t bound) { return random() % bound; };
  RandomSample sample;
  std::uint32_t psu = 0;
  for (std::uint32_t stratum = 0; stratum < 4; ++stratum)
    for (std::uint32_t a = 0; a < 2 + stratum; ++a, ++psu)
      for (std::uint32_t person = 0; person < 3 + below(6); ++person) {
        sample.input.stratum.push_back(stratum);
        sample.input.psu.push_back(psu);
        sample.input.weight.push_back(1 + below(1000) / 100.0);
        sample.input.psus_in_population.push_back(20 + stratum);
        sample.y.push_back(below(10) == 0 ? NAN : 1 + below(5));
      }
  return sample;
}

Estimate mean_of(const SampleDesignInput& input, const std::vector<double>& y) {
  return estimate_mean(SampleDesign::create(input).value(), y).value();
}

}  // namespace

TEST_CASE("weights times a constant leave means, errors and intervals unchanged") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  RandomSample sample = random_sample(seed);
  const Estimate before = mean_of(sample.input, sample.y);
  for (double& weight : sample.input.weight) weight *= 37.5;
  const Estimate after = mean_of(sample.input, sample.y);
  CHECK(after.value == Approx(before.value).epsilon(1e-13));
  CHECK(*after.standard_error == Approx(*before.standard_error).epsilon(1e-12));
  CHECK(*after.lower == Approx(*before.lower).epsilon(1e-12));
  CHECK(after.degrees_of_freedom == before.degrees_of_freedom);
}

TEST_CASE("the order of rows changes nothing") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  const RandomSample sample = random_sample(seed);
  std::vector<std::size_t> order(sample.y.size());
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  RandomSample shuffled;
  for (const std::size_t row : order) {
    shuffled.y.push_back(sample.y[row]);
    shuffled.input.stratum.push_back(sample.input.stratum[row]);
    shuffled.input.psu.push_back(sample.input.psu[row]);
    shuffled.input.weight.push_back(sample.input.weight[row]);
    shuffled.input.psus_in_population.push_back(sample.input.psus_in_population[row]);
  }
  const Estimate a = mean_of(sample.input, sample.y);
  const Estimate b = mean_of(shuffled.input, shuffled.y);
  CHECK(a.value == Approx(b.value).epsilon(1e-13));
  CHECK(*a.standard_error == Approx(*b.standard_error).epsilon(1e-11));
  CHECK(a.n == b.n);
  CHECK(a.n_missing == b.n_missing);
  const auto median = [](const RandomSample& s) {
    return estimate_quantile(SampleDesign::create(s.input).value(), s.y, 0.5)->value;
  };
  CHECK(median(sample) == median(shuffled));
}

TEST_CASE("a census has no variance, and says so") {
  RandomSample sample = random_sample(3);
  const auto design = SampleDesign::create(sample.input).value();
  for (std::size_t row = 0; row < sample.y.size(); ++row)
    sample.input.psus_in_population[row] =
        static_cast<double>(design.psus_sampled(sample.input.stratum[row]));
  const Estimate estimate = mean_of(sample.input, sample.y);
  CHECK(*estimate.standard_error == 0);
  CHECK(has(estimate.flags, EstimateFlag::complete_population));

  // All villages but not all people: the second stage remains.
  sample.input.units_in_population.assign(sample.y.size(), 500);
  const Estimate two_stage = mean_of(sample.input, sample.y);
  CHECK(*two_stage.standard_error > 0);
}

TEST_CASE("better answers never lower a mean, worse never raise a share") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  RandomSample sample = random_sample(seed);
  std::mt19937 random(seed);
  double before = mean_of(sample.input, sample.y).value;
  for (int step = 0; step < 20; ++step) {
    const std::size_t row = random() % sample.y.size();
    if (std::isnan(sample.y[row]) || sample.y[row] >= 5) continue;
    sample.y[row] += 1;
    const double after = mean_of(sample.input, sample.y).value;
    CHECK(after >= before);
    before = after;
  }
}

TEST_CASE("a respondent of weight zero moves no estimate") {
  RandomSample sample = random_sample(5);
  sample.input.psus_in_population.clear();
  const Estimate before = mean_of(sample.input, sample.y);
  sample.input.stratum.push_back(0);
  sample.input.psu.push_back(0);
  sample.input.weight.push_back(0);
  sample.y.push_back(5);
  const Estimate after = mean_of(sample.input, sample.y);
  CHECK(after.value == before.value);
  CHECK(*after.standard_error == *before.standard_error);
  CHECK(after.n == before.n);
}

TEST_CASE("domains that share out the sample add up to it") {
  const RandomSample sample = random_sample(8);
  const auto design = SampleDesign::create(sample.input).value();
  std::vector<Linearized> parts;
  for (std::uint32_t part = 0; part < 3; ++part) {
    Domain domain;
    for (std::size_t row = 0; row < sample.y.size(); ++row) domain.push_back(row % 3 == part);
    parts.push_back(total(design, sample.y, domain).value());
  }
  const auto sum = linear_combination(0, parts, std::vector<double>{1, 1, 1});
  const auto whole = total(design, sample.y).value();
  CHECK(sum.value == Approx(whole.value).epsilon(1e-13));
  CHECK(variance(design, sum).value() == Approx(variance(design, whole).value()).epsilon(1e-12));
}

TEST_CASE("nothing valid is refused and never becomes 0 or NaN") {
  RandomSample sample = random_sample(4);
  const auto design = SampleDesign::create(sample.input).value();
  const std::vector<double> nobody(sample.y.size(), NAN);
  CHECK(mean(design, nobody).error().code == ErrorCode::no_valid_answers);
  CHECK(total(design, nobody).error().code == ErrorCode::no_valid_answers);
  CHECK(estimate_quantile(design, nobody, 0.5).error().code == ErrorCode::no_valid_answers);
  const Domain none(sample.y.size(), 0);
  CHECK(mean(design, sample.y, none).error().code == ErrorCode::no_valid_answers);
  const std::vector<double> zeros(sample.y.size(), 0);
  CHECK(ratio(design, sample.y, zeros).error().code == ErrorCode::weights_sum_to_zero);
  std::vector<double> infinite = sample.y;
  infinite[0] = INFINITY;
  CHECK(mean(design, infinite).error().code == ErrorCode::design_invalid);
  CHECK(mean(design, std::vector<double>{1, 2}).error().code == ErrorCode::design_invalid);
  CHECK(estimate_mean(design, sample.y, {}, 1.0).error().code == ErrorCode::out_of_range);
  CHECK(estimate_quantile(design, sample.y, 0).error().code == ErrorCode::out_of_range);

  // One respondent alone: a value, no error.
  SampleDesignInput alone;
  alone.weight = {3};
  const Estimate one = mean_of(alone, {4});
  CHECK(one.value == 4);
  CHECK_FALSE(one.standard_error.has_value());
  CHECK(has(one.flags, EstimateFlag::lonely_psu));
}

TEST_CASE("intervals of proportions are ordered, inside [0, 1] and wider for a higher level") {
  const auto method = GENERATE(ProportionMethod::automatic, ProportionMethod::xlogit,
                               ProportionMethod::beta, ProportionMethod::likelihood,
                               ProportionMethod::wilson);
  const double p = GENERATE(0.0, 1e-6, 0.003, 0.2, 0.5, 0.93, 1.0);
  const double deff = GENERATE(0.5, 1.0, 6.0);
  const double df = GENERATE(1.0, 3.0, 200.0);
  INFO(name_of(method) << " " << p << " " << deff << " " << df);
  const double v = deff * p * (1 - p) / 80;
  const auto narrow = proportion_interval(method, {p, v, df, 80, 0.8, 1}).value();
  const auto wide = proportion_interval(method, {p, v, df, 80, 0.99, 1}).value();
  CHECK(0 <= wide.lower);
  CHECK(wide.lower <= narrow.lower);
  CHECK(narrow.lower <= p);
  CHECK(p <= narrow.upper);
  CHECK(narrow.upper <= wide.upper);
  CHECK(wide.upper <= 1);
}

TEST_CASE("95 % intervals of simulated campaigns hold the truth between 93 and 97 times in 100") {
  // A commune of 40 villages whose opinions differ; a campaign draws villages, then people.
  std::mt19937_64 random(32);
  std::normal_distribution<double> normal;
  std::vector<std::vector<double>> villages(40);
  double truth = 0;
  double people = 0;
  for (auto& village : villages) {
    const double opinion = 0.5 * normal(random);
    for (int person = 0; person < 120; ++person) {
      const double answer = std::clamp(std::round(3.4 + opinion + normal(random)), 1.0, 5.0);
      village.push_back(answer);
      truth += answer;
      people += 1;
    }
  }
  truth /= people;

  const std::size_t sampled_villages = GENERATE(4U, 8U);
  const bool corrected = GENERATE(false, true);
  int covered = 0;
  constexpr int kDraws = 2000;
  for (int draw = 0; draw < kDraws; ++draw) {
    std::shuffle(villages.begin(), villages.end(), random);
    SampleDesignInput input;
    std::vector<double> y;
    for (std::uint32_t a = 0; a < sampled_villages; ++a) {
      std::shuffle(villages[a].begin(), villages[a].end(), random);
      for (std::size_t person = 0; person < 15; ++person) {
        input.psu.push_back(a);
        input.weight.push_back(10 * 120.0 / 15);
        if (corrected) {
          input.psus_in_population.push_back(40);
          input.units_in_population.push_back(120);
        }
        y.push_back(villages[a][person]);
      }
    }
    const Estimate estimate = mean_of(input, y);
    covered += *estimate.lower <= truth && truth <= *estimate.upper ? 1 : 0;
  }
  const double coverage = covered / static_cast<double>(kDraws);
  INFO("villages " << sampled_villages << " corrected " << corrected << " coverage " << coverage);
  CHECK(coverage > 0.93);
  CHECK(coverage < 0.97);
}
