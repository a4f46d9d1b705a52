// The synthetic governance survey of the statistics cases: item, score, sub-dimension, dimension and
// total with errors and intervals, by commune, stratum, province and domain, as R's survey 4.1-1
// gives them. Here everything goes through a model file, a survey table and the engine.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <map>

#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

using test::CsvTable;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(c));
  return text;
}

IndexModel model_of(const CsvTable& codebook, const std::string& top) {
  std::string nodes = R"({"id": "total", "title": {"vi": "T"}, "weights": "equal", "aggregate": ")" + top + R"("})";
  std::map<std::string, bool> known;
  for (const auto& row : codebook.rows) {
    const std::string dimension = lower(codebook.at(row, "dimension"));
    const std::string sub = lower(codebook.at(row, "subdimension"));
    if (!known[dimension])
      nodes += R"(,{"id": ")" + dimension + R"(", "parent": "total", "title": {"vi": "D"}, "aggregate": "sum"})";
    if (!known[sub])
      nodes += R"(,{"id": ")" + sub + R"(", "parent": ")" + dimension +
               R"(", "title": {"vi": "S"}, "aggregate": "mean", "scoring": {"method": "linear", "divide": 3}})";
    known[dimension] = known[sub] = true;
    nodes += R"(,{"id": ")" + codebook.at(row, "item") + R"(", "parent": ")" + sub +
             R"(", "title": {"vi": "I"}, "direction": )" + codebook.at(row, "direction") +
             R"(, "source": {"survey": {"question": ")" + codebook.at(row, "item") + "\"" +
             (codebook.at(row, "dk_as") == "zero" ? R"(, "absence_scores": {"dont_know": 0})" : "") +
             R"(}}, "scoring": {"method": "min_max", "to": [1, 10], "anchors": [{"lo": )" +
             codebook.at(row, "lo") + R"(, "hi": )" + codebook.at(row, "hi") +
             R"(, "author": "codebook", "reason": "theoretical ends"}]}})";
  }
  return test::model_from(R"({"schema": "khaosat/index_model/1", "id": "papi_case", "version": 1,
    "title": {"vi": "P"}, "source": {"issuer": "x"}, "scale": [8, 80],
    "questionnaire": {"id": "q", "version": 1}, "nodes": [)" + nodes + "]}");
}

struct Roles {
  std::string unit;
  std::string stratum;
  std::string psu;
};

IndexInput input_of(const IndexModel& model, const CsvTable& codebook, const CsvTable& data,
                    const std::function<Roles(const std::vector<std::string>&)>& roles) {
  std::string csv = "unit,stratum,psu,weight";
  for (const auto& row : codebook.rows) csv += "," + codebook.at(row, "item");
  csv += "\n";
  for (const auto& row : data.rows) {
    const Roles role = roles(row);
    csv += role.unit + "," + role.stratum + "," + role.psu + "," + data.at(row, "w");
    for (const auto& item : codebook.rows) {
      const std::string& cell = data.at(row, codebook.at(item, "item"));
      csv += ',';
      csv += cell == "77" ? "~not_asked" : cell == "88" ? "~dont_know" : cell == "99" ? "~declined" : cell;
    }
    csv += "\n";
  }
  IndexInput input;
  Faults faults;
  TableOptions options;
  options.year = 2025;
  options.drawn = true;
  read_survey_table(model, nullptr, "survey.csv", csv, options, input, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  return input;
}

double worst = 0;

void agree(double found, const std::string& text) {
  const double expected = number_from(text).value();
  const double off = std::fabs(found - expected) / std::max(std::fabs(expected), 1e-9);
  worst = std::max(worst, off);
  REQUIRE(off <= 1e-10);
}

// Rows of the expected scores for units of this run.
std::size_t compare(const IndexRun& run, const CsvTable& expected) {
  std::size_t compared = 0;
  for (const auto& row : expected.rows) {
    const UnitScores* unit = run.find_unit(expected.at(row, "unit"));
    if (unit == nullptr) continue;
    const std::string code = lower(expected.at(row, "code"));
    INFO(unit->id << " " << code);
    const estimate::Estimate& estimate = unit->scores[run.find_node(code).value()].estimate;
    agree(estimate.value, expected.at(row, "estimate"));
    agree(estimate.standard_error.value(), expected.at(row, "se"));
    agree(estimate.degrees_of_freedom, expected.at(row, "degf"));
    agree(estimate.lower.value(), expected.at(row, "lo_t"));
    agree(estimate.upper.value(), expected.at(row, "hi_t"));
    ++compared;
  }
  return compared;
}

IndexRun run_of(const IndexModel& model, const IndexInput& input) {
  const auto run = compute(model, input);
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return *run;
}

}  // namespace

TEST_CASE("governance scores, errors and intervals agree with R's survey", "[index][parity]") {
  const CsvTable codebook("data/papi_codebook.csv");
  const CsvTable data("data/papi_year1.csv");
  const CsvTable scores("expected/11_papi_scores_year1.csv");
  const CsvTable indicators("expected/11_papi_indicators_year1.csv");
  const CsvTable summary("expected/11_papi_summary_year1.csv");
  const IndexModel model = model_of(codebook, "sum");
  worst = 0;

  IndexInput communes = input_of(model, codebook, data, [&](const auto& row) {
    return Roles{data.at(row, "commune"), data.at(row, "commune"), data.at(row, "village")};
  });
  UnitGroup villages{"PROVINCE_designB", "", {}};
  for (const auto& [key, cell] : communes.survey->cells())
    if (villages.members.empty() || villages.members.back() != key.unit) villages.members.push_back(key.unit);
  communes.groups = {villages};
  const IndexRun by_commune = run_of(model, communes);
  CHECK(by_commune.units.size() == 61);
  CHECK(compare(by_commune, scores) == 61 * 33);
  std::size_t items = 0;
  for (const auto& row : indicators.rows) {
    const UnitScores* unit = by_commune.find_unit(indicators.at(row, "unit"));
    if (unit == nullptr) continue;
    const NodeScore& item = unit->scores[by_commune.find_node(indicators.at(row, "item")).value()];
    INFO(unit->id << " " << indicators.at(row, "item"));
    CHECK(item.estimate.n == static_cast<std::uint64_t>(number_from(indicators.at(row, "n_valid")).value()));
    agree(item.raw, indicators.at(row, "mean"));
    agree(item.estimate.value, indicators.at(row, "score"));
    if (number_from(indicators.at(row, "se_score")).value() > 1e-12)
      agree(item.estimate.standard_error.value(), indicators.at(row, "se_score"));
    ++items;
  }
  CHECK(items == 60 * 96);

  IndexInput strata = input_of(model, codebook, data, [&](const auto& row) {
    return Roles{data.at(row, "stratum"), data.at(row, "stratum"), data.at(row, "commune")};
  });
  UnitGroup province{"PROVINCE_designA", "", {}};
  for (int k = 1; k <= 10; ++k) province.members.push_back((k < 10 ? "S0" : "S") + std::to_string(k));
  strata.groups = {province};
  CHECK(compare(run_of(model, strata), scores) == 11 * 33);

  const IndexInput women = input_of(model, codebook, data, [&](const auto& row) {
    return Roles{data.at(row, "female") == "1" ? "PROVINCE_female_domain" : "others", data.at(row, "stratum"),
                 data.at(row, "commune")};
  });
  CHECK(compare(run_of(model, women), scores) == 33);

  const IndexRun geometric = run_of(model_of(codebook, "geometric_mean"), communes);
  for (const auto& row : summary.rows) {
    const UnitScores* unit = geometric.find_unit(summary.at(row, "unit"));
    if (unit == nullptr) continue;
    INFO(unit->id);
    agree(unit->scores[0].estimate.value, summary.at(row, "geo_mean_dims"));
    agree(unit->scores[0].estimate.standard_error.value(), summary.at(row, "se_geo"));
    CHECK(unit->respondents == static_cast<std::uint64_t>(number_from(summary.at(row, "n")).value()));
  }
  CHECK(worst <= 1e-10);
}
