// Further laws: what batches, copies, strangers and changes of scale must not change.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "analysis/estimate/evaluate.h"
#include "analysis/estimate/interval.h"
#include "analysis/estimate/quantile.h"
#include "analysis/estimate/statistics.h"

using namespace khaosat;
using namespace khaosat::estimate;

namespace {

struct Sample {
  SampleDesignInput input;
  std::vector<double> y;
  std::vector<double> x;
  Domain domain;

  std::size_t rows() const { return y.size(); }
  void add(const Sample& from, std::size_t row, double weight_factor = 1) {
    input.stratum.push_back(from.input.stratum[row]);
    input.psu.push_back(from.input.psu[row]);
    input.weight.push_back(from.input.weight[row] * weight_factor);
    if (!from.input.psus_in_population.empty()) input.psus_in_population.push_back(from.input.psus_in_population[row]);
    if (!from.input.units_in_population.empty()) {
      input.units_in_population.push_back(from.input.units_in_population[row]);
      input.second_stage_unit.push_back(from.input.second_stage_unit[row]);
    }
    y.push_back(from.y[row]);
    x.push_back(from.x[row]);
    domain.push_back(from.domain[row]);
  }
};

Sample drawn(std::uint32_t seed, bool two_stage, std::uint32_t strata = 4) {
  std::mt19937 random(seed);
  const auto below = [&](std::uint32_t bound) { return random() % bound; };
  Sample sample;
  std::uint32_t psu = 0;
  std::uint32_t unit = 0;
  for (std::uint32_t stratum = 0; stratum < strata; ++stratum)
    for (std::uint32_t a = 0; a < 2 + below(3); ++a, ++psu) {
      const std::uint32_t people = 3 + below(6);
      for (std::uint32_t person = 0; person < people; ++person) {
        sample.input.stratum.push_back(stratum);
        sample.input.psu.push_back(psu);
        sample.input.weight.push_back(std::pow(10.0, static_cast<double>(below(400)) / 100 - 1));
        sample.input.psus_in_population.push_back(20 + stratum);
        if (two_stage) {
          sample.input.second_stage_unit.push_back(unit++);
          sample.input.units_in_population.push_back(40 + psu);
        }
        sample.y.push_back(below(8) == 0 ? NAN : 1 + below(5));
        sample.x.push_back(1 + below(9));
        sample.domain.push_back(below(3) == 0 ? 1 : 0);
      }
    }
  sample.domain[0] = 1;
  sample.y[0] = 3;
  return sample;
}

SampleDesign design_of(const Sample& sample) { return SampleDesign::create(sample.input).value(); }

double error_of(const SampleDesign& design, const Linearized& linearized) {
  return std::sqrt(std::max(0.0, variance(design, linearized).value()));
}

bool near(double a, double b, double relative = 1e-12) { return std::fabs(a - b) <= relative * std::max(1.0, std::fabs(b)); }

}  // namespace

TEST_CASE("an unrelated stratum changes neither value, error nor degrees of freedom of a domain") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 30)));
  const bool two_stage = seed % 2 == 0;
  INFO("seed " << seed);
  const Sample before = drawn(seed, two_stage);
  Sample after = before;
  const Sample stranger = drawn(seed + 1000, two_stage, 1);
  for (std::size_t row = 0; row < stranger.rows(); ++row) {
    after.add(stranger, row, 50);
    after.input.stratum.back() = 77;
    after.input.psu.back() += 5000;
    if (two_stage) after.input.second_stage_unit.back() += 90000;
    after.domain.back() = 0;
  }
  // The policy average counts strata: those outside must not count.
  const auto policy = GENERATE(LonelyPsuPolicy::fail, LonelyPsuPolicy::average);
  Sample alone = before;
  alone.input.lonely_policy = after.input.lonely_policy = policy;
  const auto small = design_of(alone);
  const auto large = design_of(after);
  const auto first = estimate_mean(small, alone.y, alone.domain).value();
  const auto second = estimate_mean(large, after.y, after.domain).value();
  CHECK(first.value == second.value);
  CHECK(near(*first.standard_error, *second.standard_error));
  CHECK(first.degrees_of_freedom == second.degrees_of_freedom);
  CHECK(first.n == second.n);
  CHECK(near(error_of(small, total(small, alone.y, alone.domain).value()),
             error_of(large, total(large, after.y, after.domain).value())));
  CHECK(estimate_quantile(small, alone.y, 0.4, alone.domain)->value == estimate_quantile(large, after.y, 0.4, after.domain)->value);
}

TEST_CASE("errors of domains that miss whole PSUs, with their covariance, make up the error of the whole") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  const Sample sample = drawn(seed, seed % 2 == 0);
  const auto design = design_of(sample);
  std::vector<Linearized> parts;
  for (const std::uint32_t which : {0U, 1U}) {
    Domain domain;
    for (std::size_t row = 0; row < sample.rows(); ++row) domain.push_back(sample.input.psu[row] % 2 == which ? 1 : 0);
    parts.push_back(total(design, sample.x, domain).value());
  }
  const auto matrix = covariance_matrix(design, parts).value();
  const auto whole = total(design, sample.x).value();
  CHECK(near(parts[0].value + parts[1].value, whole.value));
  CHECK(near(std::sqrt(matrix[0] + 2 * matrix[1] + matrix[3]), error_of(design, whole)));
}

TEST_CASE("all pairs at once give the covariances of each pair, under every policy") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 30)));
  const auto policy = GENERATE(LonelyPsuPolicy::remove, LonelyPsuPolicy::certainty, LonelyPsuPolicy::adjust, LonelyPsuPolicy::average);
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const auto unit = [&] { return static_cast<double>(random() % 10000) / 10000 - 0.5; };
  PsuTableInput input;
  input.lonely_policy = policy;
  const bool corrected = random() % 2 == 0;
  for (std::uint32_t stratum = 0; stratum < 6; ++stratum) {
    const std::size_t psus = (stratum == 0 && random() % 2 == 0 ? 1 : 2) + random() % 4;
    const double population = static_cast<double>(psus + random() % 3);  // sometimes all of them
    for (std::size_t k = 0; k < psus; ++k) {
      input.stratum.push_back(stratum);
      input.psu.push_back(static_cast<std::uint32_t>(input.psu.size()));
      input.weight.push_back(1 + unit());
      if (corrected) input.psus_in_population.push_back(population);
    }
  }
  const auto design = SampleDesign::create_from_psus(input).value();
  std::vector<LinearizedByPsu> parts(5);
  for (auto& part : parts)
    for (std::uint32_t psu = 0; psu < design.psu_count(); ++psu)
      if (random() % 3 != 0) part.influence.push_back({psu, unit()});
  const auto matrix = covariance_matrix(design, parts);
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t j = 0; j < parts.size(); ++j) {
      const auto one = covariance(design, parts[i], parts[j]);
      REQUIRE(matrix.has_value() == one.has_value());
      if (one) CHECK(std::fabs((*matrix)[i * parts.size() + j] - *one) < 1e-12);
    }
  auto wrong = parts;
  wrong[3].influence.push_back({static_cast<std::uint32_t>(design.psu_count()), 1});
  CHECK(covariance_matrix(design, wrong).error().code == ErrorCode::design_invalid);
}

TEST_CASE("everybody twice is the same as weights twice as large") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  const Sample once = drawn(seed, false);
  Sample twice;
  Sample heavier;
  for (std::size_t row = 0; row < once.rows(); ++row) {
    twice.add(once, row);
    twice.add(once, row);
    heavier.add(once, row, 2);
  }
  const auto a = design_of(twice);
  const auto b = design_of(heavier);
  const auto compare = [&](const Linearized& copied, const Linearized& doubled) {
    CHECK(near(copied.value, doubled.value));
    // PSU by PSU the sums are the same, and with them the error of one stage.
    CHECK(near(error_of(a, copied), error_of(b, doubled)));
  };
  compare(mean(a, twice.y).value(), mean(b, heavier.y).value());
  compare(total(a, twice.y).value(), total(b, heavier.y).value());
  compare(ratio(a, twice.y, twice.x, twice.domain).value(), ratio(b, heavier.y, heavier.x, heavier.domain).value());
  compare(proportion(a, twice.y, 4).value(), proportion(b, heavier.y, 4).value());
  for (const double p : {0.1, 0.5, 0.9})
    CHECK(weighted_quantile(twice.y, a.weights(), p).value() == weighted_quantile(heavier.y, b.weights(), p).value());
}

TEST_CASE("a sample taken in batches of any size gives the same mean and error from its sums") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  const auto size = static_cast<std::size_t>(GENERATE(1, 3, 17));
  INFO("seed " << seed << ", batches of " << size);
  const Sample sample = drawn(seed, false);
  const auto design = design_of(sample);
  std::vector<ItemSums> all(design.psu_count());
  for (std::size_t psu = 0; psu < all.size(); ++psu) all[psu].psu = static_cast<std::uint32_t>(psu);
  for (std::size_t first = 0; first < sample.rows(); first += size) {
    std::vector<ItemSums> batch(design.psu_count());
    for (std::size_t row = first; row < std::min(first + size, sample.rows()); ++row) {
      if (std::isnan(sample.y[row])) continue;
      ItemSums& psu = batch[design.psu_of_row()[row]];
      ++psu.n_answered;
      psu.sum_of_weights += sample.input.weight[row];
      psu.sum_of_weighted_scores += sample.input.weight[row] * sample.y[row];
    }
    for (std::size_t psu = 0; psu < all.size(); ++psu) {
      all[psu].n_answered += batch[psu].n_answered;
      all[psu].sum_of_weights += batch[psu].sum_of_weights;
      all[psu].sum_of_weighted_scores += batch[psu].sum_of_weighted_scores;
    }
  }
  const auto from_sums = mean_from_sums(all).value();
  const auto at_once = mean(design, sample.y).value();
  CHECK(near(from_sums.value, at_once.value));
  CHECK(near(std::sqrt(variance(design, from_sums).value()), error_of(design, at_once)));
  CHECK(count_answered(all) == count_answers(design, sample.y).n);
}

TEST_CASE("a change of unit moves mean and error along with it") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  const bool two_stage = seed % 2 == 0;
  INFO("seed " << seed);
  const Sample sample = drawn(seed, two_stage);
  const auto design = design_of(sample);
  std::vector<double> other = sample.y;
  for (double& answer : other) answer = 7 - 3 * answer;
  const auto before = estimate_mean(design, sample.y, sample.domain).value();
  const auto after = estimate_mean(design, other, sample.domain).value();
  CHECK(near(after.value, 7 - 3 * before.value));
  CHECK(near(*after.standard_error, 3 * *before.standard_error));
  if (before.lower) {
    CHECK(near(*after.lower, 7 - 3 * *before.upper));
  }
}

TEST_CASE("a share and its complement add to one, with one error and mirrored intervals") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  const auto method = GENERATE(ProportionMethod::automatic, ProportionMethod::mean, ProportionMethod::xlogit, ProportionMethod::asin,
                               ProportionMethod::beta, ProportionMethod::likelihood, ProportionMethod::wilson);
  INFO("seed " << seed << " " << name_of(method));
  const Sample sample = drawn(seed, seed % 2 == 0);
  const auto design = design_of(sample);
  std::vector<double> yes = indicator(sample.y, 4);
  std::vector<double> no = yes;
  for (double& answer : no) answer = 1 - answer;
  const auto counts = count_answers(design, yes);
  const EstimateOptions options{0.95, degrees_of_freedom(design), counts.n, counts.n_missing};
  const auto first = estimate_proportion(design, mean(design, yes).value(), options, method).value();
  const auto second = estimate_proportion(design, mean(design, no).value(), options, method).value();
  CHECK(near(first.value + second.value, 1));
  CHECK(near(*first.standard_error, *second.standard_error));
  CHECK(near(*first.lower + *second.upper, 1, 1e-9));
  CHECK(near(*first.upper + *second.lower, 1, 1e-9));
}

TEST_CASE("a share whose variance is a trace of rounding has an interval at once, whatever the method") {
  const auto method = GENERATE(ProportionMethod::automatic, ProportionMethod::mean, ProportionMethod::xlogit, ProportionMethod::asin,
                               ProportionMethod::beta, ProportionMethod::likelihood, ProportionMethod::wilson);
  const double variance_left = GENERATE(1e-12, 1e-16, 1e-24, 1e-33, 1e-300, 5e-324);
  const double p = GENERATE(0.001, 0.3, 0.98);
  INFO(name_of(method) << " " << p << " " << variance_left);
  const auto found = proportion_interval(method, {p, variance_left, 1, 4, 0.99, 1}).value();
  CHECK(found.lower <= p);
  CHECK(found.upper >= p);
  // t of one degree of freedom at 99 % is 64.
  CHECK(found.upper - found.lower <= 2.4 * 64 * std::sqrt(variance_left) + 1e-15);
}

TEST_CASE("the interval by beta quantiles and its limit for large samples meet") {
  for (const double p : {0.02, 0.5, 0.9}) {
    // n* p(1-p) just below and above the change, n* = p(1-p)/v.
    const double odd = p * (1 - p);
    const auto below = proportion_interval(ProportionMethod::beta, {p, odd * odd / 0.99e11, INFINITY, 1000000000, 0.95, 1}).value();
    const auto above = proportion_interval(ProportionMethod::beta, {p, odd * odd / 1.01e11, INFINITY, 1000000000, 0.95, 1}).value();
    CHECK((p - below.lower) / (p - above.lower) == Approx(std::sqrt(1.01 / 0.99)).epsilon(2e-5));
    CHECK((below.upper - p) / (above.upper - p) == Approx(std::sqrt(1.01 / 0.99)).epsilon(2e-5));
  }
}

TEST_CASE("statements: groups share out the total, and a difference turns round with its sign") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 20)));
  INFO("seed " << seed);
  const Sample sample = drawn(seed, seed % 2 == 0);
  Respondents respondents{design_of(sample), {{"y", sample.y}, {"x", sample.x}}, {}, std::nullopt};
  for (const auto inside : sample.domain) respondents.texts["in"].push_back(inside != 0 ? "yes" : "no");
  const auto asked = [&](std::string_view text) { return evaluate(respondents, parse_statement(text).value()).value(); };
  const auto groups = asked("total x by \"in\"");
  REQUIRE(groups.size() == 2);
  CHECK(near(groups[0].estimate->value + groups[1].estimate->value, asked("total x")[0].estimate->value));
  const auto forth = asked("mean y in \"in\"=yes minus \"in\"=no")[0];
  const auto back = asked("mean y in \"in\"=no minus \"in\"=yes")[0];
  CHECK(near(forth.estimate->value, -back.estimate->value));
  CHECK(near(*forth.estimate->standard_error, *back.estimate->standard_error));
  CHECK(near(*forth.estimate->upper, -*back.estimate->lower));
  // A group that is everybody is no group at all.
  respondents.texts["all"].assign(sample.rows(), "1");
  const auto everybody = asked("mean y in all=1")[0];
  const auto plain = asked("mean y")[0];
  CHECK(everybody.estimate->value == plain.estimate->value);
  CHECK(near(*everybody.estimate->standard_error, *plain.estimate->standard_error));
  CHECK(everybody.estimate->degrees_of_freedom == plain.estimate->degrees_of_freedom);
  CHECK(near(*everybody.design_effect_replace, *plain.design_effect_replace));
}

TEST_CASE("a replicate without anybody of the group is left out and counted") {
  // Two PSUs; the group lives in the first.
  SampleDesignInput input;
  input.psu = {0, 0, 1, 1, 2, 2};
  input.weight = {1, 1, 1, 1, 1, 1};
  Respondents respondents{SampleDesign::create(input).value(), {{"y", {1, 3, 2, 2, 5, 4}}}, {{"g", {"a", "a", "b", "a", "b", "b"}}}, std::nullopt};
  ReplicateWeights weights;
  weights.full = input.weight;
  weights.replicates = {{1.5, 1.5, 1.5, 1.5, 0, 0}, {0, 0, 1.5, 0, 1.5, 1.5}, {1.5, 1.5, 0, 0, 1.5, 1.5}};
  weights.rscales = {1, 1, 1};
  weights.scale = 2.0 / 3;
  respondents.replicates = weights;
  const auto found = evaluate(respondents, parse_statement("mean y in g=a").value()).value()[0];
  CHECK(found.estimate->value == 2);
  // Means 2 and 2 of those that have somebody.
  CHECK(*found.estimate->standard_error == 0);
  REQUIRE(found.details.size() == 1);
  CHECK(found.details[0].name == "replicates_left_out");
  CHECK(found.details[0].value == 1);
  // A total of nobody is 0 and stays.
  CHECK(*evaluate(respondents, parse_statement("total y in g=a").value()).value()[0].estimate->standard_error > 0);
}

TEST_CASE("the variance of answers in a replicate is corrected by the number of the full sample, as R's svyvar does") {
  // svyvar(~y, svrepdesign(weights = rep(1, 4), repweights = 4/3 off the diagonal, type = "JK1", scale = 3/4)), survey 4.1-1.
  SampleDesignInput input;
  input.weight = {1, 1, 1, 1};
  Respondents respondents{SampleDesign::create(input).value(), {{"y", {1, 2, 4, 9}}}, {}, jackknife(SampleDesign::create(input).value(), ReplicateType::jk1).value()};
  const auto found = evaluate(respondents, parse_statement("variance y").value()).value()[0];
  CHECK(found.estimate->value == Approx(12.6666666666666667).epsilon(1e-14));
  CHECK(*found.estimate->standard_error == Approx(9.750804546313677).epsilon(1e-13));
}
