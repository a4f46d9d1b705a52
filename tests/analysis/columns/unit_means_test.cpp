#include "analysis/columns/unit_means.h"

#include <cmath>

#include "analysis/estimate/estimate.h"
#include "analysis/estimate/linearized.h"
#include "tests/analysis/columns/random_answers.h"
#include "tests/analysis/estimate/fixture.h"

using namespace khaosat;
using namespace khaosat::columns;
using namespace khaosat::columns::testing;

namespace {

// The same means by the table of sums and the estimator that everybody else uses.
UnitMeans by_table(const ColumnFile& file, const Answers& answers, const CellDesign& design) {
  const sums::SumsTable table = sums_of(file, answers.items).value();
  UnitMeans means;
  means.items = answers.items.size();
  for (const ColumnCell& cell : file.cells())
    if (means.units.empty() || means.units.back() != cell.key.unit) means.units.push_back(cell.key.unit);
  for (const std::string& unit : means.units) {
    for (std::size_t k = 0; k < means.items; ++k) {
      std::vector<estimate::ItemSums> sums;
      std::uint64_t answered = 0;
      std::uint64_t missing = 0;
      for (std::size_t cell = 0; cell < file.cells().size(); ++cell) {
        const sums::CellKey& key = file.cells()[cell].key;
        if (key.unit != unit) continue;
        const sums::ItemCell& item = table.cells().at(key).items[k];
        const double factor = design.factor[cell];
        answered += item.n_answered;
        missing += item.absent.total();
        sums.push_back({design.psu[cell], item.n_answered, factor * item.weight.value(), factor * item.weighted_score.value()});
      }
      std::sort(sums.begin(), sums.end(), [](const auto& a, const auto& b) { return a.psu < b.psu; });
      means.answered.push_back(answered);
      means.missing.push_back(missing);
      means.mean.push_back(0);
      means.variance.push_back(0);
      means.state.push_back(MeanState::estimated);
      const auto mean = estimate::mean_from_sums(sums);
      if (!mean) {
        means.state.back() = answered == 0 ? MeanState::no_valid_answers : MeanState::weights_sum_to_zero;
        continue;
      }
      means.mean.back() = mean->value;
      const auto variance = estimate::variance(design.design, *mean);
      if (variance) means.variance.back() = *variance;
      else means.state.back() = MeanState::no_error;
    }
  }
  return means;
}

// Equal to the bit, or to rounding where products of weights and scores are not exact.
void check_same(const UnitMeans& found, const UnitMeans& wanted, bool to_the_bit) {
  REQUIRE(found.units == wanted.units);
  REQUIRE(found.mean.size() == wanted.mean.size());
  CHECK(found.state == wanted.state);
  CHECK(found.answered == wanted.answered);
  CHECK(found.missing == wanted.missing);
  if (to_the_bit) {
    CHECK(found.mean == wanted.mean);
    CHECK(found.variance == wanted.variance);
    return;
  }
  bool close = true;
  for (std::size_t k = 0; k < found.mean.size(); ++k) {
    close = close && std::fabs(found.mean[k] - wanted.mean[k]) <= 4e-15 * (1 + std::fabs(wanted.mean[k]));
    close = close && std::fabs(found.variance[k] - wanted.variance[k]) <= 1e-13 * wanted.variance[k] + 1e-28;
  }
  CHECK(close);
}

struct Plan {
  Shape shape;
  CellDesignInput design;
  bool to_the_bit = true;
};

std::vector<Plan> plans() {
  using Policy = estimate::LonelyPsuPolicy;
  std::vector<Plan> all;
  const auto add = [&](Shape shape, bool exact, Policy policy = Policy::fail, bool in_domain = false) {
    Plan plan{shape, {}, exact};
    plan.design.lonely_policy = policy;
    plan.design.lonely_in_domain = in_domain;
    all.push_back(plan);
  };
  add({7, 5, 12, 400, false, true, false}, true);
  add({40, 5, 80, 3000, false, true, false}, true);
  add({64, 10, 40, 5000, false, true, false}, true);
  add({65, 11, 5, 3000, false, true, false}, true);
  add({130, 58, 9, 2000, false, true, false}, true);
  // Scores at even steps: in small cells, in one too large, of more answers than are added up that way.
  const auto even = [&](std::size_t columns, std::size_t answers, std::size_t cells, std::size_t rows, bool weights) {
    Shape shape{columns, answers, cells, rows, false, true, weights};
    shape.even_scores = true;
    add(shape, !weights);
  };
  even(40, 5, 300, 6000, false);
  even(7, 5, 80, 900, true);
  even(64, 2, 12, 1000, false);
  even(65, 3, 40, 3000, true);
  even(130, 4, 300, 3000, false);
  even(3, 5, 2, 3000, false);
  even(9, 12, 40, 900, false);
  // Scores that are no binary fractions; weights of any kind, of cells and of rows.
  add({33, 26, 20, 1500, false, false, false}, true);
  add({33, 5, 20, 1500, false, true, true}, false);
  add({12, 5, 20, 1500, true, true, false}, true);
  add({12, 5, 20, 1500, true, false, false}, true);
  // Most cells are empty, strata have one PSU.
  add({9, 3, 60, 40, false, true, false}, true);
  add({3, 2, 5, 0, true, true, false}, true);
  for (const Policy policy : {Policy::fail, Policy::remove, Policy::certainty, Policy::adjust, Policy::average}) {
    add({9, 4, 7, 300, false, true, false}, true, policy);
    add({9, 4, 7, 300, false, true, false}, true, policy, true);
  }
  return all;
}

}  // namespace

TEST_CASE("means by columns are the bits that the table of sums gives", "[columns]") {
  unsigned seed = 0;
  for (const Plan& plan : plans()) {
    const Answers answers = random_answers(plan.shape, ++seed);
    const ColumnFile file = file_of(answers);
    for (const bool weighted : {false, true}) {
      CellDesignInput input = plan.design;
      for (std::size_t cell = 0; weighted && cell < file.cells().size(); ++cell) {
        input.factor.push_back(1.0 / static_cast<double>(3 + cell % 5));
        input.psus_in_population.push_back(static_cast<double>(file.cells().size()) + 2);
      }
      // Without rows no PSU has weight, and there is no design.
      const auto design = design_of(file, input);
      if (plan.shape.rows == 0) {
        CHECK(design.error().code == ErrorCode::weights_sum_to_zero);
        continue;
      }
      REQUIRE(design.has_value());
      const UnitMeans wanted = by_table(file, answers, *design);
      for (const Instructions instructions : available_instructions()) {
        for (const unsigned threads : {1U, 2U, 3U}) {
          INFO("plan " << seed << ", " << std::string(name_of(instructions)) << ", " << threads << " threads");
          const auto found = means_by_unit(file, answers.items, *design, {instructions, threads});
          REQUIRE(found.has_value());
          check_same(*found, wanted, plan.to_the_bit);
        }
      }
    }
  }
}

TEST_CASE("items may share a column, and leave columns out", "[columns]") {
  Answers answers = random_answers({9, 4, 10, 500, false, true, false}, 4);
  std::vector<ScoredColumn> items = {answers.items[3], answers.items[3], answers.items[8], answers.items[3]};
  for (auto& answer : items[1].answers) answer = sums::Answer::scored(answer->score() == 1 ? 1 : 0);
  items[3].absences[0] = sums::Answer::scored(-2.5);
  answers.items = items;
  const ColumnFile file = file_of(answers);
  const CellDesign design = design_of(file).value();
  for (const Instructions instructions : available_instructions())
    check_same(means_by_unit(file, answers.items, design, {instructions, 2}).value(), by_table(file, answers, design), true);
}

TEST_CASE("an answer without a score is refused by means as by sums", "[columns]") {
  Answers answers = random_answers({9, 4, 10, 500, false, true, false}, 5);
  for (auto& answer : answers.items[8].answers) answer.reset();
  const ColumnFile file = file_of(answers);
  const CellDesign design = design_of(file).value();
  for (const Instructions instructions : available_instructions())
    CHECK(means_by_unit(file, answers.items, design, {instructions, 1}).error().code == ErrorCode::unknown_option);
  CHECK(sums_of(file, answers.items).error().code == ErrorCode::unknown_option);
}

// What one byte of a file may be, where scores stand at even steps and where they do not.
TEST_CASE("means refuse the bytes that sums refuse, wherever they stand", "[columns]") {
  for (const bool even_scores : {true, false}) {
    Shape shape{9, 5, 20, 300, false, true, false};
    shape.even_scores = even_scores;
    const Answers answers = random_answers(shape, 11);
    const std::string bytes = file_bytes(answers);
    const ColumnFile whole = open_bytes(bytes);
    const CellDesign design = design_of(whole).value();
    std::mt19937_64 random(12);
    std::size_t refused = 0;
    for (unsigned code = 0; code < 256; ++code) {
      for (int round = 0; round < 4; ++round) {
        std::string changed = bytes;
        changed[64 + random() % (whole.rows() * whole.layout().row_bytes())] = static_cast<char>(code);
        const ColumnFile file = open_bytes(changed);
        const auto wanted = sums_of(file, answers.items);
        refused += wanted ? 0U : 1U;
        for (const Instructions instructions : available_instructions()) {
          const auto found = means_by_unit(file, answers.items, design, {instructions, 1});
          if (found.has_value() != wanted.has_value() || (!found && found.error().code != wanted.error().code))
            FAIL("code " << code << ", " << std::string(name_of(instructions)) << ", even " << even_scores);
        }
      }
    }
    CHECK(refused > 900);
    CHECK(refused < 1024);
  }
}

TEST_CASE("a column where strata cross units and collapse gives the bits of the table", "[columns]") {
  Answers answers = random_answers({17, 4, 30, 900, false, true, false}, 6);
  // Strata over all units; one of them holds a single PSU.
  const auto moved = [](sums::CellKey key) {
    const int number = std::atoi(key.psu.c_str() + 1);
    key.stratum = number == 7 ? "b" : number % 3 == 0 ? "a" : "c";
    return key;
  };
  std::map<sums::CellKey, double> weights;
  for (const auto& [key, weight] : answers.weights) weights[moved(key)] = weight;
  answers.weights = weights;
  for (Row& row : answers.rows) row.cell = moved(row.cell);
  const ColumnFile file = file_of(answers);
  CellDesignInput input;
  for (const auto policy : {estimate::LonelyPsuPolicy::fail, estimate::LonelyPsuPolicy::collapse}) {
    input.lonely_policy = policy;
    if (policy == estimate::LonelyPsuPolicy::collapse) input.collapse_into = {{"b", "c"}};
    const CellDesign design = design_of(file, input).value();
    for (const Instructions instructions : available_instructions())
      check_same(means_by_unit(file, answers.items, design, {instructions, 2}).value(), by_table(file, answers, design), true);
  }
}

// tests/fixtures/statistics/more/make_general.R: domains of random designs, weights of their own for everybody.
TEST_CASE("means by columns agree with R", "[columns][parity]") {
  namespace fixture = estimate::fixture;
  const auto table = fixture::Table::read("more/general.csv");
  const auto expected = fixture::read_json("more/general.json");
  std::size_t compared = 0;
  for (const std::string name : {"clusters", "fpc", "people", "people_fpc", "many", "pairs", "flat"}) {
    const bool single = expected["designs"][name]["single"].get<bool>();
    for (const std::string domain : {"g=gb", "local=in", "s=f"}) {
      const std::string column = domain.substr(0, domain.find('='));
      const auto w = table.numbers("w");
      double largest = 0;
      for (std::size_t row = 0; row < table.rows(); ++row)
        if (table.text("design")[row] == name) largest = std::max(largest, w[row]);
      Answers answers;
      answers.layout.row_weights = true;
      answers.layout.weight_shift = weight_shift_for(largest);
      answers.layout.columns.push_back({"yes", false, {{{"no"}, 0}, {{"yes"}, 0}}});
      ScoredColumn item{"yes", 0, {sums::Answer::scored(0), sums::Answer::scored(1)}, {}};
      for (std::size_t a = 0; a < sums::kAbsenceKinds; ++a)
        item.absences.push_back(sums::Answer::absent(static_cast<sums::Absence>(a)));
      answers.items = {item};
      std::map<std::string, double> population;
      for (std::size_t row = 0; row < table.rows(); ++row) {
        if (table.text("design")[row] != name) continue;
        const std::string psu = single ? "n" + std::to_string(row) : table.text("psu")[row];
        const sums::CellKey key = {table.text(column)[row], table.text("stratum")[row], psu};
        answers.weights[key] = 1;
        answers.rows.push_back({key, {static_cast<std::uint8_t>(table.numbers("yes")[row])},
                                static_cast<std::uint32_t>(std::nearbyint(std::ldexp(w[row], static_cast<int>(answers.layout.weight_shift))))});
        population[key.stratum] = table.numbers("Nh")[row];
      }
      const ColumnFile file = file_of(answers);
      CellDesignInput input;
      if (expected["designs"][name]["fpc"].get<bool>())
        for (const ColumnCell& cell : file.cells()) input.psus_in_population.push_back(population[cell.key.stratum]);
      const auto design = design_of(file, input);
      INFO(name << " " << domain << (design ? "" : ": " + design.error().message));
      REQUIRE(design.has_value());
      const auto found = means_by_unit(file, answers.items, *design).value();
      for (const auto& record : expected["records"]) {
        if (record["kind"] != "mean" || record["design"] != name || record["domain"] != domain || record["y"] != "yes") continue;
        for (std::size_t unit = 0; unit < found.units.size(); ++unit) {
          if (found.units[unit] != domain.substr(domain.find('=') + 1)) continue;
          CHECK(fixture::agrees(found.mean[unit], fixture::number(record["value"]), 1e-9));
          CHECK(fixture::agrees(std::sqrt(found.variance[unit]), fixture::number(record["se"]), 1e-9));
          ++compared;
        }
      }
    }
  }
  CHECK(compared >= 15);
}
