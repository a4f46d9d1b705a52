#include "analysis/columns/column_sums.h"

#include "tests/analysis/columns/random_answers.h"

using namespace khaosat;
using namespace khaosat::columns;
using namespace khaosat::columns::testing;

namespace {

std::vector<Shape> shapes() {
  std::vector<Shape> all;
  for (const bool whole : {true, false})
    for (const bool cell_weights : {true, false})
      for (const bool row_weights : {true, false}) {
        if (cell_weights && row_weights) continue;
        all.push_back({7, 5, 12, 400, row_weights, whole, cell_weights});
        all.push_back({65, 11, 5, 700, row_weights, whole, cell_weights});
        all.push_back({40, 5, 3, 2000, row_weights, whole, cell_weights});
      }
  all.push_back({3, 2, 5, 0, false, true, false});
  return all;
}

}  // namespace

TEST_CASE("sums read from a column file are the bits of those read from a table", "[columns]") {
  unsigned seed = 0;
  for (const Shape& shape : shapes()) {
    const Answers answers = random_answers(shape, ++seed);
    const ColumnFile file = file_of(answers);
    const auto table = sums_of(file, answers.items);
    REQUIRE(table.has_value());
    const sums::TableSums kept(*table);
    for (const Instructions instructions : available_instructions()) {
      INFO("shape " << seed << " with " << std::string(name_of(instructions)));
      const auto scanned = ColumnSums::create(file, answers.items, instructions);
      REQUIRE(scanned.has_value());
      CHECK((*scanned)->items() == kept.items());
      REQUIRE((*scanned)->cells() == kept.cells());
      const auto one = (*scanned)->reader();
      const auto other = kept.reader();
      std::size_t first = 0;
      for (const std::size_t end : sums::unit_ends(kept.cells())) {
        sums::CellBlock block;
        sums::CellBlock expected;
        REQUIRE(one->read(first, end, block).has_value());
        REQUIRE(other->read(first, end, expected).has_value());
        CHECK(block == expected);
        CHECK(sums::digest_of({kept.cells().data() + first, end - first}, block) ==
              sums::digest_of({kept.cells().data() + first, end - first}, expected));
        CHECK(*one->exact(first) == *other->exact(first));
        first = end;
      }
      CHECK(first == kept.cells().size());
    }
  }
}

TEST_CASE("weights that are short fractions and weights that are not come to the bits of a table", "[columns]") {
  for (const double weight : {0.0, 0.5, 1.25, 1e-9, 1e11, 0.1, 1.0 / 3}) {
    Answers answers = random_answers({9, 6, 6, 900, false, true, false}, 5);
    for (auto& [key, one] : answers.weights) one = weight;
    const ColumnFile file = file_of(answers);
    const auto table = sums_of(file, answers.items);
    REQUIRE(table.has_value());
    const auto scanned = ColumnSums::create(file, answers.items);
    REQUIRE(scanned.has_value());
    sums::CellBlock block;
    sums::CellBlock expected;
    REQUIRE((*scanned)->reader()->read(0, file.cells().size(), block).has_value());
    REQUIRE(sums::TableSums(*table).reader()->read(0, file.cells().size(), expected).has_value());
    INFO("weight " << weight);
    CHECK(block == expected);
  }
}

TEST_CASE("whatever changes the sums changes their digest, the order of rows does not", "[columns]") {
  const Answers answers = random_answers({7, 5, 12, 400, false, true, false}, 3);
  const auto digest = [](const Answers& of) {
    const auto sums = ColumnSums::create(file_of(of), of.items);
    REQUIRE(sums.has_value());
    sums::CellBlock block;
    REQUIRE((*sums)->reader()->read(0, (*sums)->cells().size(), block).has_value());
    return sums::digest_of((*sums)->items(), std::vector<Digest>{sums::digest_of((*sums)->cells(), block)});
  };
  const std::string before = digest(answers);
  Answers turned = answers;
  std::reverse(turned.rows.begin(), turned.rows.end());
  CHECK(digest(turned) == before);
  Answers changed = answers;
  changed.rows[17].codes[3] = kFirstAbsenceCode + 1;
  const bool blank = answers.rows[17].codes[3] == changed.rows[17].codes[3];
  CHECK((digest(changed) == before) == blank);
  changed = answers;
  changed.rows.pop_back();
  CHECK(digest(changed) != before);
  changed = answers;
  changed.weights.begin()->second = 2;
  CHECK(digest(changed) != before);
  changed = answers;
  changed.items[0].item = "another";
  CHECK(digest(changed) != before);
  changed = answers;
  changed.weights[{"u9", "s9", "sampled, and nobody answered"}] = 1;
  CHECK(digest(changed) != before);
}

TEST_CASE("a code without a meaning is refused by whoever reads it, and by nobody else", "[columns]") {
  Answers answers = random_answers({7, 5, 12, 400, false, true, false}, 3);
  answers.items[2].answers[0].reset();
  const auto sums = ColumnSums::create(file_of(answers), answers.items);
  REQUIRE(sums.has_value());
  sums::CellBlock block;
  const auto read = (*sums)->reader()->read(0, (*sums)->cells().size(), block);
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().code == ErrorCode::unknown_option);
  answers.items.erase(answers.items.begin() + 2);
  const auto without = ColumnSums::create(file_of(answers), answers.items);
  REQUIRE(without.has_value());
  CHECK((*without)->reader()->read(0, (*without)->cells().size(), block).has_value());
}
