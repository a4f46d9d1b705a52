// One survey read from a table of sums, from a column file, and from the files of several stores: the
// same bytes, on any number of threads.
#include <algorithm>

#include "analysis/columns/column_sums.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_run_json.h"
#include "tests/analysis/columns/random_answers.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;
namespace answers_of_chance = khaosat::columns::testing;

namespace {

IndexModel model_of(std::size_t items) {
  std::string nodes = R"({"id": "root", "title": {"vi": "Gốc"}, "aggregate": "mean", "missing": {"policy": "reweight", "minimum_share": 0.5}})";
  for (std::size_t k = 0; k < items; ++k) {
    const std::string parent = "part" + std::to_string(k / 3);
    if (k % 3 == 0)
      nodes += R"(, {"id": ")" + parent + R"(", "parent": "root", "title": {"vi": "Phần"}, "aggregate": "mean", "missing": {"policy": "reweight", "minimum_share": 0.3}})";
    nodes += R"(, {"id": "item)" + std::to_string(k) + R"(", "parent": ")" + parent +
             R"(", "title": {"vi": "Câu"}, "source": {"survey": {"question": "q)" + std::to_string(k) +
             R"(", "scores": {"o0": 0, "o1": 4}}}})";
  }
  return test::model_from(R"({"schema": "khaosat/index_model/1", "id": "chance", "version": 1, "title": {"vi": "May rủi"},
    "source": {"issuer": "x"}, "scale": [-100, 100], "questionnaire": {"id": "q", "version": 1}, "nodes": [)" + nodes + "]}");
}

// Villages that reach into two communes, and one where nobody answered.
answers_of_chance::Answers survey(unsigned seed, bool whole) {
  answers_of_chance::Shape shape;
  shape.whole_scores = whole;
  shape.cell_weights = seed % 2 == 0;
  shape.cells = 16;
  auto made = answers_of_chance::random_answers(shape, seed);
  for (std::size_t row = 0; row < made.rows.size(); row += 9) {
    made.rows[row].cell = {row % 2 == 0 ? "u0" : "u1", "s0", "border"};
    made.weights[made.rows[row].cell] = 1.5;
  }
  made.weights[{"u2", "s2", "empty"}] = 1;
  return made;
}

IndexInput input_of(bool drawn) {
  IndexInput input;
  input.year = 2025;
  input.groups = {{"both", "Cả hai", {"u1", "u0"}}, {"all", "Tất cả", {"u0", "u1", "u2", "u3"}}};
  input.design.drawn = drawn;
  return input;
}

std::string bytes_of(const IndexModel& model, const IndexInput& input, unsigned threads) {
  const auto run = compute(model, input, {{}, "", "", threads});
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return to_json(*run);
}

}  // namespace

TEST_CASE("an index from a column file is the bytes of the index from a table, on any number of threads", "[index]") {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    const auto answers = survey(seed, seed % 3 != 0);
    const IndexModel model = model_of(answers.items.size());
    for (const bool drawn : {true, false}) {
      IndexInput input = input_of(drawn);
      input.survey = answers_of_chance::table_of(answers);
      const std::string expected = bytes_of(model, input, 1);
      CHECK(expected.find("nan") == std::string::npos);
      for (const columns::Instructions instructions : columns::available_instructions()) {
        const auto scanned = columns::ColumnSums::create(answers_of_chance::file_of(answers), answers.items, instructions);
        REQUIRE(scanned.has_value());
        IndexInput lean = input_of(drawn);
        lean.scanned = *scanned;
        for (const unsigned threads : {1U, 2U, 7U}) CHECK(bytes_of(model, lean, threads) == expected);
      }
    }
  }
}

TEST_CASE("files of several stores in any order add up to the index of one", "[index]") {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    const auto whole = survey(seed, seed % 2 == 0);
    const IndexModel model = model_of(whole.items.size());
    IndexInput input = input_of(true);
    input.survey = answers_of_chance::table_of(whole);
    const std::string expected = bytes_of(model, input, 2);
    std::mt19937_64 random(seed);
    std::vector<answers_of_chance::Answers> stores(3, whole);
    for (auto& store : stores) store.rows.clear();
    for (const auto& row : whole.rows) stores[random() % stores.size()].rows.push_back(row);
    std::shuffle(stores.begin(), stores.end(), random);
    std::optional<sums::SumsTable> sum;
    for (const auto& store : stores) {
      auto part = columns::sums_of(answers_of_chance::file_of(store), store.items);
      REQUIRE(part.has_value());
      if (!sum) sum = std::move(*part);
      else REQUIRE(sum->merge(*part).has_value());
    }
    input.survey = std::move(sum);
    CHECK(bytes_of(model, input, 2) == expected);
  }
}

TEST_CASE("a fault in one commune's answers is refused whichever thread meets it", "[index]") {
  auto answers = survey(1, true);
  for (auto& item : answers.items) item.answers.back().reset();
  const auto scanned = columns::ColumnSums::create(answers_of_chance::file_of(answers), answers.items);
  REQUIRE(scanned.has_value());
  IndexInput input = input_of(true);
  input.scanned = *scanned;
  for (const unsigned threads : {1U, 2U, 7U}) {
    const auto run = compute(model_of(answers.items.size()), input, {{}, "", "", threads});
    REQUIRE_FALSE(run.has_value());
    CHECK(run.error().code == ErrorCode::unknown_option);
  }
}
