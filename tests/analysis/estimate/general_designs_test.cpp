// Random designs against R (tests/fixtures/statistics/more/make_general.R). With KHAOSAT_PARITY_TABLE set
// the worst relative difference of each kind of case is printed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "analysis/estimate/calibration.h"
#include "analysis/estimate/interval.h"
#include "analysis/estimate/quantile.h"
#include "analysis/estimate/replicates.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::estimate;
using namespace khaosat::estimate::fixture;
using nlohmann::json;

namespace {

constexpr double kTolerance = 1e-9;

// The rows of one design of general.csv.
struct Part {
  std::vector<std::size_t> rows;
  const Table* table = nullptr;

  std::vector<double> numbers(const std::string& column) const {
    const auto all = table->numbers(column);
    std::vector<double> some;
    for (const std::size_t row : rows) some.push_back(all[row]);
    return some;
  }
  std::vector<std::string> text(const std::string& column) const {
    std::vector<std::string> some;
    for (const std::size_t row : rows) some.push_back(table->text(column)[row]);
    return some;
  }
  Domain domain(const std::string& name) const {
    if (name.empty()) return {};
    const auto at = name.find('=');
    Domain inside;
    for (const auto& cell : text(name.substr(0, at))) inside.push_back(cell == name.substr(at + 1) ? 1 : 0);
    return inside;
  }
};

class Parity {
 public:
  // Both NaN, or close; remembers how close.
  bool same(const std::string& kind, double found, double wanted, double tolerance = kTolerance) {
    if (std::isnan(wanted)) return std::isnan(found);
    const double gap = std::fabs(found - wanted);
    // Errors that are 0 by design come out as the root of a rounding error.
    const double relative = std::fabs(wanted) < 1e-7 ? (gap < 1e-7 ? 0 : 1) : gap / std::fabs(wanted);
    Worst& worst = worst_[kind];
    worst.relative = std::max(worst.relative, relative);
    ++worst.count;
    return relative <= tolerance;
  }
  ~Parity() {
    if (std::getenv("KHAOSAT_PARITY_TABLE") == nullptr) return;
    for (const auto& [kind, worst] : worst_) std::printf("%-44s %5zu numbers   worst %.1e\n", kind.c_str(), worst.count, worst.relative);
  }

 private:
  struct Worst {
    double relative = 0;
    std::size_t count = 0;
  };
  std::map<std::string, Worst> worst_;
};

struct General {
  Table table = Table::read("more/general.csv");
  json expected = read_json("more/general.json");

  Part part(const std::string& design) const {
    Part result{{}, &table};
    const auto& names = table.text("design");
    for (std::size_t row = 0; row < names.size(); ++row)
      if (names[row] == design) result.rows.push_back(row);
    return result;
  }

  SampleDesign design(const std::string& name, LonelyPsuPolicy policy = LonelyPsuPolicy::fail, bool one_stratum = false) const {
    const Part of = part(name);
    const json& shape = expected["designs"][name];
    SampleDesignInput input;
    input.weight = of.numbers("w");
    const auto strata = code_labels(of.text("stratum"));
    if (!one_stratum) input.stratum = strata.codes;
    if (!shape["single"].get<bool>())
      for (const double id : of.numbers("psu")) input.psu.push_back(static_cast<std::uint32_t>(id));
    if (shape["fpc"].get<bool>()) input.psus_in_population = of.numbers("Nh");
    if (shape["two"].get<bool>()) {
      for (const double id : of.numbers("person")) input.second_stage_unit.push_back(static_cast<std::uint32_t>(id));
      input.units_in_population = of.numbers("Nha");
    }
    input.lonely_policy = policy;
    if (policy == LonelyPsuPolicy::collapse)
      for (const auto& [code, label] : strata.names)
        if (label == "h3") input.collapse_into[code] = strata.codes.front();
    return SampleDesign::create(input).value();
  }
};

double error_of(const SampleDesign& design, const Linearized& linearized) {
  return std::sqrt(std::max(0.0, variance(design, linearized).value()));
}

ProportionMethod method_of(const std::string& name) {
  for (const auto method : {ProportionMethod::mean, ProportionMethod::logit, ProportionMethod::xlogit, ProportionMethod::asin, ProportionMethod::beta})
    if (name_of(method) == name) return method;
  FAIL("method " << name);
  return ProportionMethod::automatic;
}

bool same_interval(Parity& parity, const std::string& kind, const std::optional<Interval>& found, const json& bounds,
                   double tolerance = kTolerance) {
  return found && parity.same(kind, found->lower, number(bounds[0]), tolerance) &&
         parity.same(kind, found->upper, number(bounds[1]), tolerance);
}

SampleDesign calibrated(const General& general, const std::string& name, const std::string& how, const SampleDesign& base) {
  const Part of = general.part(name);
  const json& margins = general.expected["margins"][name];
  const auto margin = [&](const std::string& column) {
    const auto codes = code_labels(of.text(column));
    Margin result{codes.codes, {}};
    for (const auto& [code, label] : codes.names) result.population[code] = margins[column][label];
    return result;
  };
  if (how == "post") return post_stratify(base, margin("g")).value();
  if (how == "rake") {
    const std::vector<Margin> both = {margin("g"), margin("s")};
    return rake(base, both, {1e-14, 2000, RakingVariance::unweighted_sweeps}).value();
  }
  const auto is = [&](const std::string& label) {
    std::vector<double> column;
    for (const auto& cell : of.text("g")) column.push_back(cell == label ? 1 : 0);
    return column;
  };
  const json& g = margins["g"];
  const std::vector<std::vector<double>> auxiliary = {std::vector<double>(base.rows(), 1), is("gb"), is("gc"), of.numbers("x")};
  const std::vector<double> totals = {g["ga"].get<double>() + g["gb"].get<double>() + g["gc"].get<double>(), g["gb"], g["gc"], margins["x"]};
  CalibrationOptions options;
  if (how == "truncated") options = {CalibrationFunction::linear, 0.8, 1.3};
  if (how == "exponential") options = {CalibrationFunction::exponential};
  if (how == "logit") options = {CalibrationFunction::logit, 0.6, 1.6};
  options.tolerance = 1e-13;
  return calibrate(base, auxiliary, totals, options).value();
}

}  // namespace

TEST_CASE("random designs agree with R on every kind of statistic", "[parity]") {
  const General general;
  Parity parity;
  for (const json& record : general.expected["records"]) {
    INFO(record.dump());
    const std::string name = record["design"];
    const std::string kind = record["kind"];
    const Part of = general.part(name);
    if (kind == "lonely") {
      for (const auto policy : {LonelyPsuPolicy::remove, LonelyPsuPolicy::certainty, LonelyPsuPolicy::adjust,
                                LonelyPsuPolicy::average, LonelyPsuPolicy::collapse}) {
        if (name_of(policy) != record["policy"]) continue;
        const auto design = general.design(name, policy);
        const auto y = of.numbers(record["y"]);
        const std::string label = "lonely PSU, " + std::string(name_of(policy));
        CHECK(parity.same(label, error_of(design, mean(design, y).value()), number(record["se"])));
        CHECK(parity.same(label, error_of(design, total(design, y).value()), number(record["total_se"])));
      }
      CHECK(variance(general.design(name), total(general.design(name), of.numbers("y")).value()).error().code == ErrorCode::lonely_psu);
      continue;
    }
    const auto base = general.design(name);
    if (kind == "calibrated") {
      const auto design = calibrated(general, name, record["how"], base);
      const auto estimate = mean(design, of.numbers(record["y"]), of.domain(record["domain"])).value();
      const std::string label = "calibrated, " + record["how"].get<std::string>();
      // R rakes until less than 1e-10 of a person moves and reaches totals to about 1e-10.
      CHECK(parity.same(label, estimate.value, number(record["value"])));
      CHECK(parity.same(label, error_of(design, estimate), number(record["se"])));
      continue;
    }
    if (kind == "difference" || kind == "quotient") {
      const auto y = of.numbers("y");
      const std::vector<Linearized> parts = {mean(base, y, of.domain("g=" + record["first"].get<std::string>())).value(),
                                             mean(base, y, of.domain("g=" + record["second"].get<std::string>())).value()};
      const double a = parts[0].value;
      const double b = parts[1].value;
      const std::vector<double> gradient = kind == "difference" ? std::vector<double>{1, -1} : std::vector<double>{1 / b, -a / (b * b)};
      const auto contrast = combine(kind == "difference" ? a - b : a / b, parts, gradient);
      CHECK(parity.same("domains, " + kind, contrast.value, number(record["value"]), 1e-8));
      CHECK(parity.same("domains, " + kind, error_of(base, contrast), number(record["se"])));
      continue;
    }
    const Domain domain = of.domain(record["domain"]);
    const auto y = of.numbers(record["y"]);
    if (kind == "mean" || kind == "total" || kind == "ratio") {
      const auto found = kind == "mean"    ? mean(base, y, domain)
                         : kind == "total" ? total(base, y, domain)
                                           : ratio(base, y, of.numbers(record["x"]), domain);
      REQUIRE(found.has_value());
      CHECK(parity.same(kind, found->value, number(record["value"])));
      CHECK(parity.same(kind, error_of(base, *found), number(record["se"])));
      if (kind == "mean") CHECK(degrees_of_freedom(base, domain) == number(record["degf"]));
    } else if (kind == "quantile") {
      const auto found = estimate_quantile(base, y, record["p"], domain);
      REQUIRE(found.has_value());
      const double lower = number(record["bounds"][0]);
      const double upper = number(record["bounds"][1]);
      double smallest = INFINITY;
      for (std::size_t row = 0; row < y.size(); ++row)
        if (!std::isnan(y[row]) && (domain.empty() || domain[row] != 0)) smallest = std::min(smallest, y[row]);
      // Where the first answer alone holds the share R gives the second: see quantile.h. Bounds outside
      // the distribution are absent here, NaN there.
      if (found->value == smallest) continue;
      CHECK(parity.same(kind, found->value, number(record["value"])));
      if (found->lower && *found->lower != smallest) CHECK(parity.same(kind, *found->lower, lower));
      if (found->upper) CHECK(parity.same(kind, *found->upper, upper));
    } else if (kind == "ciprop") {
      const auto share = mean(base, y, domain).value();
      const double v = variance(base, share).value();
      if (share.value == 0 || share.value == 1 || v < 1e-20) continue;  // our own rule
      const ProportionInput input{share.value, v, degrees_of_freedom(base, domain), count_answers(base, y, domain).n, 0.95, 1};
      const auto found = proportion_interval(method_of(record["method"]), input);
      // With one degree of freedom R's fit of the logit overflows.
      if (std::isnan(number(record["bounds"][0])) || std::isnan(number(record["bounds"][1]))) continue;
      if (record["method"] == "asin" && (found->lower < 1e-12 || number(record["bounds"][0]) > share.value)) continue;  // reflected past the share
      // R fits the logit by iteration to 1e-8; a lower bound near 0 cancels in the plain method.
      const double tolerance = record["method"] == "logit" ? 1e-5 : record["method"] == "mean" ? 1e-8 : kTolerance;
      CHECK(same_interval(parity, "proportion, " + record["method"].get<std::string>(), *found, record["bounds"], tolerance));
    } else {
      FAIL("unknown kind " << kind);
    }
  }
}

TEST_CASE("replicates of every kind agree with R, given and made here, with post-strata redone in each", "[parity]") {
  const General general;
  Parity parity;
  for (const auto& [name, block] : general.expected["replicates"].items()) {
    INFO(name);
    const std::string type = block["type"];
    const Part of = general.part(block["design"]);
    const auto base = general.design(block["design"], LonelyPsuPolicy::fail, type == "JK1");
    const auto y = of.numbers("y");
    const auto yes = of.numbers("yes");
    const auto x = of.numbers("x");
    const auto weighted = [](std::span<const double> w, const std::vector<double>& above, const std::vector<double>* below) -> Result<double> {
      double sum = 0;
      double base_sum = 0;
      for (std::size_t row = 0; row < w.size(); ++row) {
        if (std::isnan(above[row])) continue;
        sum += w[row] * above[row];
        base_sum += w[row] * (below == nullptr ? 1 : (*below)[row]);
      }
      return sum / base_sum;
    };
    const auto total_of = [&](std::span<const double> w) -> Result<double> {
      double sum = 0;
      for (std::size_t row = 0; row < w.size(); ++row) sum += w[row] * yes[row];
      return sum;
    };
    ReplicateWeights given;
    given.full = of.numbers("w");
    for (const json& set : block["weights"]) {
      auto& list = given.replicates.emplace_back();
      for (const json& one : set) list.push_back(number(one));
    }
    given.scale = block["scale"];
    for (const json& one : block["rscales"]) given.rscales.push_back(number(one));
    given.rscales.resize(given.replicates.size(), given.rscales.empty() ? 1 : given.rscales.back());
    given.centre = block["mse"].get<bool>() ? ReplicateCentre::full_sample : ReplicateCentre::mean_of_replicates;
    const auto compare = [&](const ReplicateWeights& weights, const std::string& label, bool totals_only) {
      const auto total = estimate_by_replicates(weights, total_of);
      CHECK(parity.same(label, total->value, number(block["total"])));
      CHECK(parity.same(label, *total->standard_error, number(block["total_se"])));
      if (totals_only) return;
      const auto mean = estimate_by_replicates(weights, [&](std::span<const double> w) { return weighted(w, y, nullptr); });
      CHECK(parity.same(label, mean->value, number(block["mean"])));
      CHECK(parity.same(label, *mean->standard_error, number(block["mean_se"])));
      const auto ratio = estimate_by_replicates(weights, [&](std::span<const double> w) { return weighted(w, yes, &x); });
      CHECK(parity.same(label, ratio->value, number(block["ratio"])));
      CHECK(parity.same(label, *ratio->standard_error, number(block["ratio_se"])));
    };
    CHECK(degrees_of_freedom(given) == number(block["degf"]));
    compare(given, "replicates given, " + type, false);
    if (type == "JKn" || type == "JK1")
      compare(jackknife(base, type == "JKn" ? ReplicateType::jkn : ReplicateType::jk1).value(), "replicates made, " + type, false);
    // Another Hadamard matrix changes ratios a little, totals not at all.
    if (type == "BRR" || type == "Fay") compare(balanced_repeated(base, type == "Fay" ? 0.3 : 0).value(), "replicates made, " + type, true);

    const auto codes = code_labels(of.text("g"));
    Margin margin{codes.codes, {}};
    const std::map<std::string, double> growth = {{"ga", 1.1}, {"gb", 0.9}, {"gc", 1.05}};
    for (std::size_t row = 0; row < codes.codes.size(); ++row)
      margin.population[codes.codes[row]] += given.full[row] * growth.at(codes.names.at(codes.codes[row]));
    const auto post = recalibrated(base, given, [&](const SampleDesign& one) { return post_stratify(one, margin); });
    if (!post) continue;  // a replicate without anybody of a category: R gives NaN
    const auto mean = estimate_by_replicates(*post, [&](std::span<const double> w) { return weighted(w, y, nullptr); });
    CHECK(parity.same("replicates with post-strata, " + type, mean->value, number(block["post_mean"])));
    CHECK(parity.same("replicates with post-strata, " + type, *mean->standard_error, number(block["post_se"])));
  }
}
