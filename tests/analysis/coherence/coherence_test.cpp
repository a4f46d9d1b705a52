// Against COINr 1.1.14 on the ASEM data (12a, 12b), and by laws.
#include "analysis/coherence/coherence.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/coherence/growth.h"
#include "analysis/coherence/limits.h"
#include "analysis/disclosure/disclosure.h"
#include "tests/support/asem.h"

using namespace khaosat;
using namespace khaosat::coherence;
using nlohmann::json;

namespace {

const std::string kFolder = "tests/fixtures/statistics/";
json known() { return json::parse(test::read_file(kFolder + "expected/12b_coinr_asem.json")); }

Coherence looked_at(const index::IndexModel& model, const index::IndexRun& run, const CoherenceRequest& request = {}) {
  const auto published = disclosure::publish(run, disclosure::rules_for_citizens(), {});
  const auto result = coherence::coherence(model, run, published, request);
  if (!result) FAIL(result.error().message);
  return *result;
}

const NodeFacts& node_of(const Coherence& found, const std::string& id) {
  return *std::find_if(found.nodes.begin(), found.nodes.end(), [&](const NodeFacts& node) { return node.id == id; });
}

const Pair* pair_of(const Coherence& found, const std::string& a, const std::string& b) {
  for (const Pair& pair : found.pairs)
    if ((pair.first == a && pair.second == b) || (pair.first == b && pair.second == a)) return &pair;
  return nullptr;
}

struct Table {
  index::IndexModel model;
  std::map<int, index::IndexRun> runs;
};

// A mean of columns, each scored as the braces say.
Table table_of(const std::vector<std::string>& columns, const std::string& csv, const std::string& more = "") {
  std::string nodes = R"({"id": "root", "title": {"vi": "R"}, "aggregate": "mean", "missing": {"policy": "reweight", "minimum_share": 0}})";
  for (const std::string& column : columns)
    nodes += R"(,{"id": ")" + test::node_id(column) + R"(", "parent": "root", "title": {"vi": ")" + column +
             R"("}, "source": {"administrative": {"numerator": ")" + column + "\"}}" + more + "}";
  Table table{test::model_from(R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"},
    "source": {"issuer": "x"}, "scale": [0, 100], "nodes": [)" + nodes + "]}"), {}};
  std::map<int, index::IndexInput> inputs;
  Faults faults;
  index::read_unit_table(table.model, "t.csv", csv, {2018, false, false, {}, {}}, inputs, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  for (const auto& [year, input] : inputs) table.runs[year] = index::compute(table.model, input).value();
  return table;
}

const test::Variant kMinMax{R"("method": "observed_min_max", "to": [0, 100])"};

}  // namespace

TEST_CASE("indicators are described as by COINr", "[coherence][parity]") {
  const test::CsvTable data("data/asem_idata.csv");
  std::string text = data.text;
  text.replace(0, std::string("uName,uCode").size(), "name,unit");
  std::vector<std::string> columns;
  const json expected = known()["stats_table_raw"];
  for (const json& row : expected) columns.push_back(row["iCode"]);
  const Table table = table_of(columns, text);
  const Coherence found = looked_at(table.model, table.runs.at(2018));
  const auto near = [](double value, const json& wanted) { CHECK(value == Approx(wanted.get<double>()).epsilon(1e-12)); };
  for (const json& row : expected) {
    const NodeFacts& node = node_of(found, test::node_id(row["iCode"]));
    INFO(row["iCode"]);
    near(node.measured.lowest, row["Min"]);
    near(node.measured.highest, row["Max"]);
    near(node.measured.mean, row["Mean"]);
    near(node.measured.median, row["Median"]);
    near(*node.measured.deviation, row["Std"]);
    near(*node.measured.skew, row["Skew"]);
    near(*node.measured.kurtosis, row["Kurt"]);
    CHECK(node.measured.n == row["N.Avail"].get<std::size_t>());
    CHECK(static_cast<double>(node.measured.n) / 51 == Approx(row["Frc.Avail"].get<double>()));
    CHECK((std::count(node.flags.begin(), node.flags.end(), "skewed") == 1) == (row["Flag.SkewKurt"] == "OUT"));
  }
  CHECK(*cronbach_alpha([&] {
    std::vector<Column> p2p;
    for (const char* code : {"StMob", "Research", "Pat", "CultServ", "CultGood", "Tourist", "MigStock", "Lang"}) {
      Column& column = p2p.emplace_back();
      for (const auto& unit : table.runs.at(2018).units) {
        const auto& score = unit.scores[*table.runs.at(2018).find_node(test::node_id(code))];
        column.push_back(score.state == index::ScoreState::value ? std::optional<double>(score.raw) : std::nullopt);
      }
    }
    return p2p;
  }()) == Approx(known()["cronbach_alpha_P2P_raw_pairwise"].get<double>()).epsilon(1e-9));
}

TEST_CASE("effective weights, correlations with parents, alpha and components are those of COINr", "[coherence][parity]") {
  const test::CsvTable meta("data/asem_imeta.csv");
  const test::CsvTable data("data/asem_idata.csv");
  const index::IndexModel model = test::asem_model(meta, kMinMax);
  const index::IndexRun run = test::asem_run(model, data);
  const Coherence found = looked_at(model, run);
  const json expected = known();
  for (const json& row : expected["effective_weights"]) {
    INFO(row["iCode"]);
    CHECK(*node_of(found, test::node_id(row["iCode"])).effective_weight == Approx(row["EffWeight"].get<double>()).epsilon(1e-12));
  }
  for (const json& row : expected["correlation_pillars_with_parents"]) {
    const std::string pillar = test::node_id(row["Var2"]);
    const std::string above = row["Var1"] == "Index" ? "n_index" : "n_sust";
    INFO(row.dump());
    CHECK(pair_of(found, pillar, above)->correlation.r == Approx(row["Correlation"].get<double>()).epsilon(1e-9));
  }
  CHECK(*node_of(found, "n_sust").alpha == Approx(expected["cronbach_alpha_Sust_pillars"].get<double>()).epsilon(1e-9));
  for (const auto& [code, components] : expected["pca_pillars"].items()) {
    const NodeFacts& part = node_of(found, test::node_id(code));
    REQUIRE(part.eigenvalues.size() == components["sdev"].size());
    for (std::size_t k = 0; k < part.eigenvalues.size(); ++k)
      CHECK(std::sqrt(part.eigenvalues[k]) == Approx(components["sdev"][k].get<double>()).epsilon(1e-9));
  }
  const auto& flags = node_of(found, "n_susecfin").flags;
  CHECK(std::count(flags.begin(), flags.end(), "little_say") == 1);
  // What was measured is described, not what was filled in and tamed.
  const Description& flights = node_of(found, "n_flights").measured;
  CHECK(flights.highest > 0.0066);
  CHECK(node_of(found, "n_rdexp").measured.n == 47);
  CHECK(node_of(found, "n_rdexp").scores.n == 51);
}

TEST_CASE("a correlation has the interval of R's cor.test, and none where there is nothing to go by", "[coherence][parity]") {
  // x <- c(1, 2, 3, 4, 5, 6, 7, 8.5, 3, 2); y <- c(2, 1, 4, 3, 7, 5, 9, 8, 1, 6); cor.test(x, y)
  const Column x = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.5, 3.0, 2.0};
  const Column y = {2.0, 1.0, 4.0, 3.0, 7.0, 5.0, 9.0, 8.0, 1.0, 6.0};
  const auto correlation = correlate(x, y).value();
  CHECK(correlation.r == Approx(0.765805127741800).epsilon(1e-12));
  const auto interval = interval_of(correlation).value();
  CHECK(interval.lower == Approx(0.262980328147515).epsilon(1e-12));
  CHECK(interval.upper == Approx(0.941477995199303).epsilon(1e-12));
  CHECK_FALSE(interval_of({0.5, 3, 0.6}));
  CHECK_FALSE(interval_of({-1, 10, 0}));
}

TEST_CASE("what moves against its parent or repeats its sibling is flagged, units have their sides", "[coherence]") {
  const std::string csv =
      "unit,year,a,b,c,d,g\nu1,2018,1,1.01,9,5,x\nu2,2018,2,2,8,5,x\nu3,2018,3,3.02,6,5,y\nu4,2018,4,4,5,5,y\nu5,2018,5,5.01,,5,x\nu6,2018,6,6,1,5,y\n";
  const Table table = table_of({"a", "b", "c", "d"}, csv);
  CoherenceRequest request;
  request.sides = 1;
  request.groups = {{"u1", "x"}, {"u2", "x"}, {"u5", "x"}, {"u3", "y"}, {"u4", "y"}, {"u6", "y"}};
  const Coherence found = looked_at(table.model, table.runs.at(2018), request);
  CHECK(pair_of(found, "n_a", "n_b")->flag == "repeats_sibling");
  CHECK(pair_of(found, "n_a", "n_c")->flag == "against_sibling");
  CHECK(pair_of(found, "n_a", "n_c")->correlation.n == 5);
  // A column without spread has no correlation, no skew, and is nobody's side.
  CHECK(pair_of(found, "n_a", "n_d") == nullptr);
  CHECK_FALSE(node_of(found, "n_d").measured.skew.has_value());
  CHECK(found.units[0].strengths.front().node == "n_c");
  CHECK(found.units[0].weaknesses.front().node == "n_b");
  CHECK(found.units[5].strengths.front().node == "n_a");
  CHECK(found.units[5].weaknesses.front().node == "n_c");
  CHECK(found.units[4].measured.at("root") == 0.75);
  for (const UnitFacts& unit : found.units) CHECK(*unit.rank_in_group <= *unit.rank);
}

TEST_CASE("ranks share places as asked", "[coherence]") {
  const Table table = table_of({"a"}, "unit,year,a\nu,2018,9\nv,2018,7\nw,2018,7\nz,2018,1\n");
  const auto ranks = [&](index::TieRule ties) {
    CoherenceRequest request;
    request.ties = ties;
    std::vector<double> found;
    for (const UnitFacts& unit : looked_at(table.model, table.runs.at(2018), request).units) found.push_back(*unit.rank);
    return found;
  };
  CHECK(ranks(index::TieRule::lowest) == std::vector<double>{1, 2, 2, 4});
  CHECK(ranks(index::TieRule::mean) == std::vector<double>{1, 2.5, 2.5, 4});
  CHECK(ranks(index::TieRule::highest) == std::vector<double>{1, 3, 3, 4});
  CHECK(ranks(index::TieRule::dense) == std::vector<double>{1, 2, 2, 3});
}

TEST_CASE("growth and trend agree with COINr", "[coherence][parity]") {
  const json wanted = json::parse(test::read_file(kFolder + "expected/12a_coinr_unit.json"))["trend"];
  std::vector<YearValue> values;
  for (std::size_t k = 0; k < wanted["y"].size(); ++k) values.push_back({wanted["t"][k], wanted["y"][k]});
  CHECK(*annual_growth(values) == Approx(wanted["CAGR"].get<double>()).epsilon(1e-12));
  CHECK(*trend(values)->percent_per_year == Approx(wanted["prc_change"].get<double>()).epsilon(1e-12));
  // No constant rate leads from 0 or below, or there.
  CHECK_FALSE(annual_growth(std::vector<YearValue>{{2018, 0}, {2020, 3}}).has_value());
  CHECK_FALSE(annual_growth(std::vector<YearValue>{{2018, 3}, {2020, -1}}).has_value());
  CHECK(*annual_growth(std::vector<YearValue>{{2018, 0}, {2020, 0}}) == 0);
  CHECK_FALSE(trend(std::vector<YearValue>{{2018, 1}}).has_value());
  CHECK_FALSE(trend(std::vector<YearValue>{{2018, -1}, {2019, 2}})->percent_per_year.has_value());
}

TEST_CASE("growth is stated where years can be compared, and refused with the reason elsewhere", "[coherence]") {
  const std::string csv = "unit,year,a,b\nu,2018,4,1\nv,2018,2,5\nu,2019,5,2\nv,2019,,6\nu,2020,9,3\nv,2020,8,9\n";
  const auto grown = [&](const Table& table) {
    std::vector<disclosure::PublishedRun> published;
    for (const auto& [year, run] : table.runs) published.push_back(disclosure::publish(run, disclosure::rules_for_citizens(), {}));
    std::vector<YearRun> years;
    std::size_t k = 0;
    for (const auto& [year, run] : table.runs) years.push_back({&run, &published[k++]});
    return growth(table.model, years);
  };
  const auto found = grown(table_of({"a", "b"}, csv));
  REQUIRE(found.has_value());
  const auto of = [&](const char* unit, const char* node) {
    return *std::find_if(found->units.begin(), found->units.end(), [&](const auto& one) { return one.unit == unit && one.node == node; });
  };
  CHECK(of("u", "n_a").annual_growth == Approx(0.5));
  CHECK(of("v", "n_a").values.size() == 2);
  CHECK(of("v", "root").left_out == std::vector<int>{2019});
  const auto refused = grown(table_of({"a", "b"}, csv, R"(, "scoring": {"method": "rank", "reason": "r"})"));
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::not_comparable);
  CHECK(refused.error().message.find("relative_score") != std::string::npos);
}

TEST_CASE("limits over the years are those of the values measured", "[coherence]") {
  const std::string csv = "unit,year,a,b\nu,2018,4,1\nv,2018,2,1\nu,2019,3,1\nv,2019,,1\nu,2020,9,1\nv,2020,8,1\n";
  const Table table = table_of({"a", "b"}, csv, R"(, "impute": {"method": "mean"})");
  std::vector<disclosure::PublishedRun> published;
  for (const auto& [year, run] : table.runs) published.push_back(disclosure::publish(run, disclosure::rules_for_citizens(), {}));
  std::vector<YearRun> years;
  for (const auto& [year, run] : table.runs) years.push_back({&run, &published[years.size()]});
  const auto found = limits(years);
  REQUIRE(found.has_value());
  REQUIRE(found->leaves.size() == 1);  // b never varies
  const auto told = [](const std::vector<Limit>& list) {
    std::vector<std::vector<double>> rows;
    for (const Limit& limit : list) rows.push_back({static_cast<double>(limit.from), static_cast<double>(limit.to), limit.low, limit.high});
    return rows;
  };
  using Rows = std::vector<std::vector<double>>;
  CHECK(told(found->leaves[0].common) == Rows{{2018, 2020, 2, 9}});
  CHECK(told(found->leaves[0].running) == Rows{{2018, 2019, 2, 4}, {2020, 2020, 2, 9}});
  CHECK(told(found->leaves[0].own) == Rows{{2018, 2018, 2, 4}, {2020, 2020, 8, 9}});
}
