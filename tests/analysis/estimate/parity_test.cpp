// The reference cases made with R's survey: designs, means, totals, ratios, domains, proportions.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "analysis/estimate/design_effect.h"
#include "analysis/estimate/distributions.h"
#include "analysis/estimate/interval.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;
using nlohmann::json;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Case {
  Table table;
  SampleDesign design;
  SampleDesign without_fpc;
};

Case srs() {
  Table table = Table::read("data/apisrs.csv");
  SampleDesignInput input;
  // Weights follow from the population size there.
  input.psus_in_population = table.numbers("fpc");
  for (const double size : input.psus_in_population)
    input.weight.push_back(size / static_cast<double>(table.rows()));
  auto with = SampleDesign::create(input).value();
  input.psus_in_population.clear();
  return {table, with, SampleDesign::create(input).value()};
}

Case stratified() {
  Table table = Table::read("data/apistrat.csv");
  SampleDesignInput input;
  input.stratum = table.ids("stype");
  input.weight = table.numbers("pw");
  input.psus_in_population = table.numbers("fpc");
  auto with = SampleDesign::create(input).value();
  input.psus_in_population.clear();
  return {table, with, SampleDesign::create(input).value()};
}

Case clustered() {
  Table table = Table::read("data/apiclus1.csv");
  SampleDesignInput input;
  input.psu = table.ids("dnum");
  input.weight = table.numbers("pw");
  input.psus_in_population = table.numbers("fpc");
  auto with = SampleDesign::create(input).value();
  input.psus_in_population.clear();
  return {table, with, SampleDesign::create(input).value()};
}

Case two_stage() {
  Table table = Table::read("data/apiclus2.csv");
  SampleDesignInput input;
  input.psu = table.ids("dnum");
  input.weight = table.numbers("pw");
  input.psus_in_population = table.numbers("fpc1");
  input.second_stage_unit = table.ids("snum");
  input.units_in_population = table.numbers("fpc2");
  auto with = SampleDesign::create(input).value();
  input.psus_in_population.clear();
  input.second_stage_unit.clear();
  input.units_in_population.clear();
  return {table, with, SampleDesign::create(input).value()};
}

double standard_error(const SampleDesign& design, const Linearized& linearized) {
  return std::sqrt(std::max(0.0, variance(design, linearized).value()));
}

// {estimate: {name: x}, se: ..., ci95_t: ...} against one linearised value per name.
void check_statistics(const SampleDesign& design, const json& expected,
                      const std::map<std::string, Linearized>& found) {
  for (const auto& [name, linearized] : found) {
    INFO(name);
    CHECK(agrees(linearized.value, number(expected["estimate"][name])));
    CHECK(agrees(standard_error(design, linearized), number(expected["se"][name])));
    if (expected.contains("ci95_normal")) {
      const auto normal = estimate_from(design, linearized, {0.95, kInfinity, 0, 0}).value();
      CHECK(agrees(*normal.lower, number(expected["ci95_normal"]["lower"][name])));
      CHECK(agrees(*normal.upper, number(expected["ci95_normal"]["upper"][name])));
    }
    if (expected.contains("ci95_t")) {
      const auto t =
          estimate_from(design, linearized, {0.95, number(expected["ci95_t"]["df"]), 0, 0}).value();
      CHECK(agrees(*t.lower, number(expected["ci95_t"]["lower"][name])));
      CHECK(agrees(*t.upper, number(expected["ci95_t"]["upper"][name])));
    }
  }
  if (!expected.contains("vcov") || !expected["vcov"]["names"].is_array()) return;
  const auto& names = expected["vcov"]["names"];
  for (std::size_t i = 0; i < names.size(); ++i)
    for (std::size_t j = 0; j < names.size(); ++j)
      CHECK(agrees(covariance(design, found.at(names[i]), found.at(names[j])).value(),
                   number(expected["vcov"]["values"][i][j])));
}

std::map<std::string, Linearized> means(const Case& c, const std::vector<std::string>& columns,
                                        const Domain& domain = {}) {
  std::map<std::string, Linearized> result;
  for (const auto& column : columns)
    result[column] = mean(c.design, c.table.numbers(column), domain).value();
  return result;
}

std::map<std::string, Linearized> totals(const Case& c, const std::vector<std::string>& columns) {
  std::map<std::string, Linearized> result;
  for (const auto& column : columns)
    result[column] = total(c.design, c.table.numbers(column)).value();
  return result;
}

}  // namespace

TEST_CASE("means, totals, ratios and domains agree with R's survey") {
  const auto [file, c] = GENERATE(table<std::string, Case>({{"01_srs", srs()},
                                                            {"02_strat", stratified()},
                                                            {"03_clus1", clustered()}}));
  INFO(file);
  const json expected = read_json("expected/" + file + ".json");
  const SampleDesign& design = c.design;

  CHECK(degrees_of_freedom(design) == number(expected["degf"]));
  CHECK(agrees(design.sum_of_weights(), number(expected["sum_weights"])));
  CHECK(agrees(kish_effective_size(design.weights()).value(),
               number(expected["kish_neff_weights"])));
  check_statistics(design, expected["svymean"], means(c, {"api00", "api99", "enroll"}));
  check_statistics(design, expected["svytotal"], totals(c, {"api00", "enroll"}));
  for (const std::string column : {"api00", "api99", "enroll"}) {
    const auto y = c.table.numbers(column);
    CHECK(agrees(design_effect_of_mean(design, y, SimpleSample::without_replacement).value(),
                 number(expected["svymean"]["deff"][column])));
    CHECK(agrees(design_effect_of_mean(design, y, SimpleSample::with_replacement).value(),
                 number(expected["svymean_deff_replace"][column])));
  }

  std::map<std::string, Linearized> types;
  for (const std::string type : {"E", "H", "M"})
    types["stype" + type] = mean(design, c.table.is("stype", type)).value();
  check_statistics(design, expected["svymean_stype_proportions"], types);
  check_statistics(design, expected["svytotal_schwide_yes_count"],
                   {{"sw", total(design, c.table.is("sch.wide", "Yes")).value()}});

  const auto stu = c.table.numbers("api.stu");
  const auto enroll = c.table.numbers("enroll");
  const auto share = ratio(design, stu, enroll).value();
  CHECK(agrees(share.value, number(expected["svyratio_apistu_enroll"]["estimate"])));
  CHECK(agrees(standard_error(design, share), number(expected["svyratio_apistu_enroll"]["se"])));

  const auto variance_of_api00 = population_variance(design, c.table.numbers("api00")).value();
  CHECK(agrees(variance_of_api00.value, number(expected["svyvar_api00"]["estimate"])));
  CHECK(agrees(standard_error(design, variance_of_api00), number(expected["svyvar_api00"]["se"])));

  // Missing answers, item by item and listwise.
  const auto core = c.table.numbers("acs.core");
  const auto acs46 = c.table.numbers("acs.46");
  check_statistics(design, expected["mean_acs_core_narm"],
                   {{"acs.core", mean(design, core).value()}});
  check_statistics(design, expected["mean_acs_46_narm"], {{"acs.46", mean(design, acs46).value()}});
  const std::vector<Answers> both = {core, acs46};
  const Domain complete = answered(design, both);
  check_statistics(design, expected["mean_joint_acs_core_acs46_narm_LISTWISE"],
                   {{"acs.core", mean(design, core, complete).value()},
                    {"acs.46", mean(design, acs46, complete).value()}});

  // Domains, and a contrast of two of them.
  std::map<std::string, Linearized> by_type;
  std::map<std::string, Linearized> total_by_type;
  for (const std::string type : {"E", "H", "M"}) {
    const Domain domain = c.table.where("stype", type);
    for (const std::string column : {"api00", "enroll"})
      by_type[type + ":" + column] = mean(design, c.table.numbers(column), domain).value();
    total_by_type[type] = total(design, enroll, domain).value();
  }
  check_statistics(design, expected["svyby_stype_mean"], by_type);
  check_statistics(design, expected["svyby_stype_total"], total_by_type);

  Domain domain = c.table.where("sch.wide", "Yes");
  const Domain improved = c.table.where("comp.imp", "Yes");
  for (std::size_t row = 0; row < domain.size(); ++row) domain[row] &= improved[row];
  const json& subset = expected["domain_subset_schwide_and_compimp"];
  CHECK(degrees_of_freedom(design, domain) == number(subset["degf_subset"]));
  check_statistics(design, subset, means(c, {"api00"}, domain));
  CHECK(count_answers(design, c.table.numbers("api00"), domain).n == subset["n"]);

  const json& without = expected["without_fpc"];
  const Case uncorrected{c.table, c.without_fpc, c.without_fpc};
  check_statistics(c.without_fpc, without["svymean"], means(uncorrected, {"api00", "api.stu"}));
  check_statistics(c.without_fpc, without["svytotal"], totals(uncorrected, {"api.stu"}));
}

TEST_CASE("the covariance of two domains that share clusters enters their contrast") {
  const Case c = clustered();
  const json expected = read_json("expected/03_clus1.json");
  const auto y = c.table.numbers("api00");
  const json& matrix = expected["svyby_stype_mean_covmat"];
  std::vector<Linearized> parts;
  for (const std::string type : {"E", "H", "M"})
    parts.push_back(mean(c.design, y, c.table.where("stype", type)).value());
  const auto found = covariance_matrix(c.design, parts).value();
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      CHECK(agrees(found[i * 3 + j], number(matrix["values"][i][j])));
  const auto contrast = difference(parts[0], parts[1]);
  CHECK(agrees(contrast.value, number(expected["contrast_E_minus_H"]["estimate"])));
  CHECK(agrees(standard_error(c.design, contrast), number(expected["contrast_E_minus_H"]["se"])));
}

TEST_CASE("a domain that misses whole clusters keeps them in the sample") {
  const Case c = clustered();
  const json trap = read_json("expected/03_clus1.json")["trap_filter_before_design"];
  Domain domain = c.table.where("sch.wide", "Yes");
  const Domain improved = c.table.where("comp.imp", "No");
  for (std::size_t row = 0; row < domain.size(); ++row) domain[row] &= improved[row];
  const auto api00 = c.table.numbers("api00");
  const auto enroll = c.table.numbers("enroll");
  check_statistics(c.without_fpc, trap["right_mean_nofpc"],
                   {{"api00", mean(c.without_fpc, api00, domain).value()}});
  check_statistics(c.without_fpc, trap["right_total_nofpc"],
                   {{"enroll", total(c.without_fpc, enroll, domain).value()}});
  check_statistics(c.design, trap["right_mean_fpc"],
                   {{"api00", mean(c.design, api00, domain).value()}});
  CHECK(degrees_of_freedom(c.design, domain) == number(trap["degf_right"]));

  const Case s = stratified();
  const json strat_trap = read_json("expected/02_strat.json")["trap_filter_before_design"];
  for (const std::string column : {"awards", "both"}) {
    const Domain none = s.table.where(column, "No");
    const auto found = mean(s.design, s.table.numbers("api00"), none).value();
    if (!agrees(found.value, number(strat_trap["right_mean"]["estimate"]["api00"]))) continue;
    check_statistics(s.design, strat_trap["right_mean"], {{"api00", found}});
    check_statistics(s.design, strat_trap["right_total"],
                     {{"enroll", total(s.design, s.table.numbers("enroll"), none).value()}});
    return;
  }
  FAIL("the subset was not recognised");
}

TEST_CASE("lonely PSUs agree with R's survey under every policy") {
  const Table lonely = Table::read("data/lonely.csv");
  const json expected = read_json("expected/05_lonely_psu.json");
  const bool fpc = GENERATE(false, true);
  const bool in_domain = GENERATE(false, true);
  const auto policy =
      GENERATE(LonelyPsuPolicy::remove, LonelyPsuPolicy::certainty, LonelyPsuPolicy::adjust,
               LonelyPsuPolicy::average);
  const std::string name = "lonely_" + std::string(name_of(policy)) + (fpc ? "_fpc" : "_nofpc") +
                           "_domainlonely" + (in_domain ? "TRUE" : "FALSE");
  INFO(name);
  const json& block = expected[name];
  SampleDesignInput input;
  input.stratum = lonely.ids("stratum");
  input.psu = lonely.ids("psu");
  input.weight = lonely.numbers("w");
  if (fpc) input.psus_in_population = lonely.numbers("npsu");
  input.lonely_policy = policy;
  input.lonely_in_domain = in_domain;
  const auto design = SampleDesign::create(input).value();
  CHECK(degrees_of_freedom(design) == number(block["degf"]));
  const auto y = lonely.numbers("y");
  const auto b = lonely.numbers("b");
  check_statistics(design, block["mean"],
                   {{"y", mean(design, y).value()}, {"b", mean(design, b).value()}});
  check_statistics(design, block["total"],
                   {{"y", total(design, y).value()}, {"b", total(design, b).value()}});
  const Domain domain = lonely.where("dom", "d1");
  CHECK(degrees_of_freedom(design, domain) == number(block["domain_d1_degf"]));
  const auto domain_mean = mean(design, y, domain).value();
  const double expected_error = number(block["domain_d1_mean"]["se"]["y"]);
  if (std::isnan(expected_error) || (policy == LonelyPsuPolicy::average && in_domain)) {
    // Every stratum that is not a census has one PSU in the domain: R gives NaN, or 0 where a
    // census stratum is left to average over.
    if (!fpc) CHECK(variance(design, domain_mean).error().code == ErrorCode::lonely_psu);
    if (fpc) CHECK(variance(design, domain_mean).value() == 0);
  } else {
    CHECK(agrees(standard_error(design, domain_mean), expected_error));
  }
}

TEST_CASE("a lonely PSU fails by default, and collapsing as declared mends it") {
  const Table lonely = Table::read("data/lonely.csv");
  const json expected = read_json("expected/05_lonely_psu.json");
  SampleDesignInput input;
  const auto strata = code_labels(lonely.text("stratum"));
  input.stratum = strata.codes;
  input.stratum_names = strata.names;
  input.psu = lonely.ids("psu");
  input.weight = lonely.numbers("w");
  const auto y = lonely.numbers("y");
  const auto b = lonely.numbers("b");
  const auto failing = SampleDesign::create(input).value();
  const auto refusal = variance(failing, mean(failing, y).value());
  REQUIRE_FALSE(refusal.has_value());
  CHECK(refusal.error().code == ErrorCode::lonely_psu);
  CHECK(refusal.error().where == "stratum C");

  const auto code = [&](const std::string& label) {
    for (const auto& [id, text] : strata.names)
      if (text == label) return id;
    return 999U;
  };
  input.lonely_policy = LonelyPsuPolicy::collapse;
  input.collapse_into = {{code("C"), code("B")}, {code("E"), code("D")}};
  const auto collapsed = SampleDesign::create(input).value();
  const json& block = expected["collapsed_C_into_B_E_into_D"];
  CHECK(degrees_of_freedom(collapsed) == number(block["degf"]));
  check_statistics(collapsed, block["mean"],
                   {{"y", mean(collapsed, y).value()}, {"b", mean(collapsed, b).value()}});

  // Without C no stratum is lonely: E is a census of its one PSU.
  SampleDesignInput rest;
  const auto npsu = lonely.numbers("npsu");
  std::vector<double> y_rest;
  std::vector<double> b_rest;
  for (std::size_t row = 0; row < lonely.rows(); ++row) {
    if (lonely.text("stratum")[row] == "C") continue;
    rest.stratum.push_back(input.stratum[row]);
    rest.psu.push_back(input.psu[row]);
    rest.weight.push_back(input.weight[row]);
    rest.psus_in_population.push_back(npsu[row]);
    y_rest.push_back(y[row]);
    b_rest.push_back(b[row]);
  }
  const auto without_c = SampleDesign::create(rest).value();
  check_statistics(without_c, expected["lonely_fail_fpc_without_C"],
                   {{"y", mean(without_c, y_rest).value()}, {"b", mean(without_c, b_rest).value()}});
}

TEST_CASE("intervals of proportions agree with R's svyciprop") {
  const json expected = read_json("expected/06_ciprop.json");
  const std::map<std::string, Case> cases = {
      {"clus1", clustered()}, {"strat", stratified()}, {"srs", srs()}, {"clus2", two_stage()}};
  std::size_t compared = 0;
  for (const auto& [name, block] : expected.items()) {
    if (!block.is_object() || name == "env") continue;
    INFO(name);
    const std::string design_name = name.substr(0, name.find('.'));
    const bool uncorrected = design_name == "clus1_nofpc";
    const Case& c = cases.at(uncorrected ? "clus1" : design_name);
    const SampleDesign& design = uncorrected ? c.without_fpc : c.design;
    const std::string variable = name.substr(name.find('.') + 1);
    std::vector<double> y;
    if (variable == "schwide_yes") y = c.table.is("sch.wide", "Yes");
    if (variable == "comp_imp_yes") y = c.table.is("comp.imp", "Yes");
    if (variable == "stype_H") y = c.table.is("stype", "H");
    if (variable == "ell_zero")
      for (const double ell : c.table.numbers("ell")) y.push_back(ell == 0 ? 1 : 0);
    if (variable == "api00_gt_930")
      for (const double api : c.table.numbers("api00")) y.push_back(api > 930 ? 1 : 0);
    const auto share = mean(design, y).value();
    CHECK(agrees(share.value, number(block["p"])));
    CHECK(agrees(standard_error(design, share), number(block["se"])));
    const double degf = number(block["degf"]);
    const double v = variance(design, share).value();
    const auto check = [&](ProportionMethod method, const std::string& field, double df,
                           double tolerance) {
      if (!block.contains(field) || !block[field].is_array()) return;
      const auto found =
          proportion_interval(method, {share.value, v, df, y.size(), 0.95, 1}).value();
      INFO(field << " " << found.lower << " " << found.upper);
      CHECK(agrees(found.lower, number(block[field][0]), tolerance));
      CHECK(agrees(found.upper, number(block[field][1]), tolerance));
      ++compared;
    };
    if (share.value == 0 || v < 1e-20) continue;  // rules of our own, tested below
    for (const auto& [suffix, df] : {std::pair{"degf", degf}, std::pair{"inf", kInfinity}}) {
      check(ProportionMethod::xlogit, std::string("ci_xlogit_") + suffix, df, 1e-9);
      // R iterates a model there until it moves by less than 1e-8.
      check(ProportionMethod::logit, std::string("ci_logit_") + suffix, df, 1e-7);
      check(ProportionMethod::asin, std::string("ci_asin_") + suffix, df, 1e-9);
      check(ProportionMethod::mean, std::string("ci_mean_") + suffix, df, 1e-9);
      // R reads its bound off a spline through a few points of the profile, coarsely so where
      // hardly anybody is in the category; ours is the root itself.
      const double few = share.value * static_cast<double>(y.size());
      check(ProportionMethod::likelihood, std::string("ci_likelihood_") + suffix, df,
            few < 5 ? 5e-3 : 1e-3);
    }
    check(ProportionMethod::beta, "ci_beta_degf", degf, 1e-9);
    check(ProportionMethod::wilson, "ci_wilson_neff_normal", kInfinity, 1e-9);
    check(ProportionMethod::wilson, "ci_wilson_neff_t", degf, 1e-9);
  }
  CHECK(compared > 200);
}

TEST_CASE("a share of 0 or 1 and a share without variance have stated intervals") {
  const double p = GENERATE(0.0, 1.0);
  for (const auto method : {ProportionMethod::automatic, ProportionMethod::wilson,
                            ProportionMethod::xlogit, ProportionMethod::likelihood}) {
    const auto found = proportion_interval(method, {p, 0, 3, 80, 0.95, 2}).value();
    // Clopper-Pearson on 40: the free end is 1 - 0.025^(1/40).
    const double reach = 1 - std::pow(0.025, 1.0 / 40);
    CHECK(found.lower == Approx(p == 0 ? 0 : 1 - reach).epsilon(1e-12));
    CHECK(found.upper == Approx(p == 0 ? reach : 1).epsilon(1e-12));
  }
  const auto fixed = proportion_interval(ProportionMethod::beta, {0.25, 0, 3, 80, 0.95, 1}).value();
  CHECK(fixed.lower == 0.25);
  CHECK(fixed.upper == 0.25);
}
