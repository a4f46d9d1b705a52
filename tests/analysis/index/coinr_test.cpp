// Composite indicators against COINr 1.1.14 (MIT, github bluefoxr/COINr): unit functions, and the
// ASEM connectivity index (JRC ASEM portal data shipped with COINr) step by step.
#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "analysis/index/normalisations.h"
#include "analysis/index/principal_component.h"
#include "analysis/index/treatment.h"
#include "base/csv.h"
#include "tests/support/asem.h"

using namespace khaosat;
using namespace khaosat::index;
using nlohmann::json;

namespace {

using test::asem_model;
using test::asem_run;
using test::CsvTable;
using test::node_id;
using test::Variant;
const std::string kFolder = "tests/fixtures/statistics/";

RawValues values(const json& array) {
  RawValues result;
  for (const json& value : array)
    result.push_back(value.is_number() ? std::optional<double>(value.get<double>()) : std::nullopt);
  return result;
}

void agree(const RawValues& found, const json& expected, double relative = 1e-12) {
  const RawValues wanted = values(expected);
  REQUIRE(found.size() == wanted.size());
  for (std::size_t k = 0; k < found.size(); ++k) {
    INFO("value " << k);
    REQUIRE(found[k].has_value() == wanted[k].has_value());
    if (found[k]) CHECK(*found[k] == Approx(*wanted[k]).epsilon(relative).margin(1e-13));
  }
}

json unit_case() { return json::parse(test::read_file(kFolder + "expected/12a_coinr_unit.json")); }

const Variant kMinMax{R"("method": "observed_min_max", "to": [0, 100])"};

}  // namespace

TEST_CASE("normalisations agree with COINr", "[index][parity]") {
  const json known = unit_case();
  const RawValues x = values(known["x"]);
  std::vector<std::string> ids;
  for (std::size_t k = 0; k < x.size(); ++k) ids.push_back(std::to_string(k));
  const auto relative = [&](const std::string& method, const char* expected, int direction = 1,
                            const std::function<void(Scoring&)>& change = {}) {
    Scoring scoring;
    scoring.method = method;
    if (change) change(scoring);
    INFO(expected);
    const auto scores = score_relative(x, ids, scoring, direction);
    REQUIRE(scores.has_value());
    agree(*scores, known["normalise"][expected]);
  };
  relative("observed_min_max", "minmax_0_100", 1, [](Scoring& s) { s.to_high = 100; });
  relative("observed_min_max", "minmax_1_10", 1, [](Scoring& s) { s.to_low = 1; s.to_high = 10; });
  relative("z_score", "zscore_0_1");
  relative("z_score", "zscore_10_2", 1, [](Scoring& s) { s.add = 10; s.multiply = 2; });
  relative("distance_to_maximum", "dist2max");
  relative("distance_to_reference", "dist2ref_5", 1, [](Scoring& s) { s.reference_unit = "4"; });
  relative("distance_to_reference", "dist2ref_5_cap", 1, [](Scoring& s) { s.reference_unit = "4"; s.clamp = true; });
  relative("distance_to_target", "dist2targ_20_dirpos", 1, [](Scoring& s) { s.target = 20; });
  relative("distance_to_target", "dist2targ_20_dirneg", -1, [](Scoring& s) { s.target = 20; });
  relative("distance_to_target", "dist2targ_20_cap", 1, [](Scoring& s) { s.target = 20; s.clamp = true; });
  relative("fraction_of_maximum", "fracmax");
  relative("percentile_rank", "prank_min");
  relative("rank", "rank_min");
  relative("mean_rank", "rank_average");
  relative("borda", "borda_min");

  const auto fixed = [&](const char* expected, double low, double high, double to, bool clamp, int direction = 1) {
    Scoring scoring;
    scoring.method = "min_max";
    scoring.to_high = to;
    scoring.clamp = clamp;
    scoring.anchors = {{1, low, high, {}, "x", "y"}};
    RawValues scores;
    for (const auto& value : x)
      scores.push_back(value ? std::optional<double>(score_fixed(*value, scoring, direction, 2025)->value)
                             : std::nullopt);
    INFO(expected);
    agree(scores, known["normalise"][expected]);
  };
  fixed("scaled_npara_0_50", 0, 50, 10, false);
  fixed("goalposts_5_30_1", 5, 30, 1, true);
  fixed("goalposts_5_30_notrunc", 5, 30, 1, false);
  fixed("goalposts_negdir", 5, 30, 1, true, -1);
}

TEST_CASE("a relative score of equal values is refused where it divides by their spread", "[index]") {
  const RawValues equal = {3.0, 3.0, 3.0};
  const std::vector<std::string> ids = {"a", "b", "c"};
  for (const Normalisation& method : normalisations()) {
    if (!method.relative) continue;
    Scoring scoring;
    scoring.method = method.name;
    scoring.reference_unit = "a";
    scoring.target = 3;
    const auto scores = score_relative(equal, ids, scoring, 1);
    INFO(method.name);
    if (scores) {
      for (const auto& score : *scores) CHECK(std::isfinite(*score));
    } else {
      CHECK(scores.error().code == ErrorCode::anchor_degenerate);
    }
  }
}

TEST_CASE("imputation and outlier treatment agree with COINr", "[index][parity]") {
  const json known = unit_case();
  std::vector<std::string> groups;
  for (const json& group : known["impute"]["group"]) groups.push_back(group);
  for (const auto& [method, expected] : std::map<std::string, std::string>{
           {"mean", "mean"}, {"median", "median"}, {"group_mean", "mean_grp"}, {"group_median", "median_grp"}}) {
    RawValues x = values(known["x"]);
    const Treatment done = impute(x, {method, method.starts_with("group") ? "g" : "", {}, 5}, {groups, {}});
    INFO(method);
    agree(x, known["impute"][expected]);
    CHECK(done.changed == std::vector<std::size_t>{3});
    CHECK_FALSE(done.words.empty());
  }
  RawValues y = values(known["y_outlier"]);
  CHECK(shape_of(y).skew == Approx(known["treat"]["skew_y"].get<double>()).epsilon(1e-12));
  CHECK(shape_of(y).kurtosis == Approx(known["treat"]["kurt_y"].get<double>()).epsilon(1e-12));
  const auto curve = [&](const Transform& transform, const char* expected) {
    RawValues bent = y;
    INFO(expected);
    REQUIRE(bend(bent, transform));
    agree(bent, known["treat"][expected]);
  };
  curve({"log_ct", 0}, "log_CT");
  curve({"box_cox", 0.3}, "boxcox_0.3");
  curve({"box_cox", 0}, "boxcox_0");
  const Treatment done = treat_outliers(y, OutlierRule{true}).value();
  agree(y, known["treat"]["winsorised_x"]);
  CHECK(done.changed == std::vector<std::size_t>{5});
  CHECK(done.words == "winsorised 1 times");
  RawValues calm = values(known["x"]);
  CHECK(treat_outliers(calm, OutlierRule{true})->words.empty());
  agree(calm, known["x"]);
}

TEST_CASE("the ASEM index agrees with COINr at every step", "[index][parity]") {
  const CsvTable meta("data/asem_imeta.csv");
  const CsvTable data("data/asem_idata.csv");
  const json known = json::parse(test::read_file(kFolder + "expected/12b_coinr_asem.json"));
  const IndexRun run = asem_run(asem_model(meta, kMinMax), data);
  REQUIRE(run.units.size() == 51);
  double worst = 0;
  std::size_t compared = 0;
  const auto compare = [&](const char* path, bool raw) {
    const CsvTable expected(path);
    for (const auto& row : expected.rows) {
      const UnitScores& unit = *run.find_unit(expected.at(row, "uCode"));
      for (const std::string& code : expected.header) {
        const auto node = run.find_node(node_id(code));
        if (!node) continue;
        const NodeScore& score = unit.scores[*node];
        const double found = raw ? score.raw : score.estimate.value;
        const double wanted = number_from(expected.at(row, code)).value();
        worst = std::max(worst, std::fabs(found - wanted) / std::max(1e-6, std::fabs(wanted)));
        INFO(path << " " << unit.id << " " << code << " " << found << " " << wanted);
        REQUIRE(std::fabs(found - wanted) <= 1e-9 * std::max(1e-3, std::fabs(wanted)));
        ++compared;
      }
    }
  };
  compare("expected/12b_asem_treated.csv", true);
  compare("expected/12b_asem_normalised.csv", false);
  compare("expected/12b_asem_aggregated.csv", false);
  CHECK(compared == 51u * (49 + 49 + 49 + 8 + 2 + 1));
  for (const auto& [unit, rank] : known["rank_index"].items())
    CHECK(run.find_unit(unit)->scores[0 + run.find_node("n_index").value()].rank == rank.get<std::uint32_t>());
  for (const json& row : known["treatment_table"]) {
    const auto& steps = run.nodes[run.find_node(node_id(row["iCode"])).value()].steps;
    const bool winsorised = std::any_of(steps.begin(), steps.end(), [](const std::string& step) {
      return step.find("winsorised") != std::string::npos;
    });
    INFO(row["iCode"]);
    CHECK(winsorised == row["winsorise.nwin"].is_number());
    if (winsorised)
      CHECK(std::find(steps.begin(), steps.end(),
                      "winsorised " + std::to_string(row["winsorise.nwin"].get<int>()) + " times") != steps.end());
  }
  // Other units decide the score: no error is claimed.
  CHECK(has(run.units[0].scores[run.find_node("n_index").value()].notes, ScoreNote::relative));
}

TEST_CASE("ASEM under other methods agrees with COINr", "[index][parity]") {
  const CsvTable meta("data/asem_imeta.csv");
  const CsvTable data("data/asem_idata.csv");
  const json known = json::parse(test::read_file(kFolder + "expected/12b_coinr_asem.json"));
  const std::map<std::string, Variant> variants = {
      {"scenario_geometric_minmax_1_100", {R"("method": "observed_min_max", "to": [1, 100])", "geometric_mean"}},
      {"scenario_harmonic_minmax_1_100", {R"("method": "observed_min_max", "to": [1, 100])", "harmonic_mean"}},
      {"scenario_arith_zscore_10_2", {R"("method": "z_score", "add": 10, "multiply": 2)", "weighted_mean"}},
      {"scenario_arith_rank", {R"("method": "rank")", "weighted_mean"}}};
  for (const auto& [name, variant] : variants) {
    const IndexRun run = asem_run(asem_model(meta, variant), data);
    const std::size_t index = run.find_node("n_index").value();
    // The table holds 15 digits, so three pairs of units tie here that differ in a later digit there:
    // one rank of one of 9 indicators of one of 3 pillars of one of 2 parts.
    const double one_rank = name == "scenario_arith_rank" ? 1.0 / 54 : 0;
    int ties = 0;
    for (const auto& [unit, value] : known[name]["Index"].items()) {
      const NodeScore& score = run.find_unit(unit)->scores[index];
      INFO(name << " " << unit);
      const double off = std::fabs(score.estimate.value - value.get<double>());
      CHECK(off <= one_rank + 1e-9 * std::fabs(value.get<double>()));
      ties += off > 1e-6;
      CHECK(score.rank == known[name]["rank"][unit].get<std::uint32_t>());
    }
    CHECK(ties <= 3);
  }
}

TEST_CASE("removing a pillar moves ranks as in COINr", "[index][parity]") {
  const CsvTable meta("data/asem_imeta.csv");
  const CsvTable data("data/asem_idata.csv");
  const json known = json::parse(test::read_file(kFolder + "expected/12b_coinr_asem.json"));
  const IndexRun whole = asem_run(asem_model(meta, kMinMax), data);
  for (const auto& [pillar, change] : known["remove_pillar_mean_abs_rank_change"].items()) {
    if (pillar == "Nominal") continue;
    const IndexRun without = asem_run(asem_model(meta, kMinMax, pillar), data);
    double sum = 0;
    for (std::size_t unit = 0; unit < whole.units.size(); ++unit)
      sum += std::fabs(static_cast<double>(*whole.units[unit].scores[whole.find_node("n_index").value()].rank) -
                       static_cast<double>(*without.units[unit].scores[without.find_node("n_index").value()].rank));
    INFO(pillar);
    CHECK(sum / static_cast<double>(whole.units.size()) == Approx(change.get<double>()).epsilon(1e-12));
  }
}

TEST_CASE("principal components of the ASEM pillars agree with COINr", "[index][parity]") {
  const json known = json::parse(test::read_file(kFolder + "expected/12b_coinr_asem.json"));
  const CsvTable aggregated("expected/12b_asem_aggregated.csv");
  const std::map<std::string, std::vector<std::string>> pillars = {
      {"Conn", {"Physical", "ConEcFin", "Political", "Instit", "P2P"}}, {"Sust", {"Environ", "Social", "SusEcFin"}}};
  for (const auto& [part, names] : pillars) {
    std::vector<std::vector<double>> columns;
    for (const std::string& name : names) {
      auto& column = columns.emplace_back();
      for (const auto& row : aggregated.rows) column.push_back(number_from(aggregated.at(row, name)).value());
    }
    const auto components = principal_components(columns);
    REQUIRE(components.has_value());
    for (std::size_t k = 0; k < names.size(); ++k) {
      INFO(part << " " << names[k]);
      CHECK(std::sqrt(components->eigenvalues[k]) ==
            Approx(known["pca_pillars"][part]["sdev"][k].get<double>()).epsilon(1e-9));
    }
    // The order of COINr's weights is that of its own table: compare as sets.
    std::vector<double> found = components->first;
    auto wanted = known["pca_pillars"][part]["weights"].get<std::vector<double>>();
    std::sort(found.begin(), found.end());
    std::sort(wanted.begin(), wanted.end());
    for (std::size_t k = 0; k < wanted.size(); ++k) CHECK(found[k] == Approx(wanted[k]).epsilon(1e-9));
  }
}
