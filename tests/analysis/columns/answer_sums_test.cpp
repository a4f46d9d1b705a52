#include "analysis/columns/answer_sums.h"

#include <algorithm>

#include "analysis/columns/count_codes.h"
#include "tests/analysis/columns/random_answers.h"

using namespace khaosat;
using namespace khaosat::columns;
using namespace khaosat::columns::testing;

namespace {

// A source that hides that it lies in memory, so that blocks are read as from a file.
class Unseen final : public ByteSource {
 public:
  explicit Unseen(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const override {
    return bytes_.read_at(offset, into);
  }

 private:
  MemoryBytes bytes_;
};

std::vector<Shape> shapes() {
  return {{7, 5, 12, 400, false, true, false},   {1, 1, 1, 1, false, true, false},
          {40, 5, 3, 2000, false, false, true},  {64, 10, 40, 500, false, false, false},
          {65, 11, 5, 700, false, true, true},   {130, 58, 9, 900, false, false, false},
          {33, 26, 2, 1500, false, true, false}, {3, 2, 5, 0, false, true, false}};
}

}  // namespace

TEST_CASE("sums of a column file are the bits that adding row by row gives", "[columns]") {
  unsigned seed = 0;
  for (const Shape& shape : shapes()) {
    const Answers answers = random_answers(shape, ++seed);
    const sums::SumsTable expected = table_of(answers);
    const std::string bytes = file_bytes(answers);
    const ColumnFile in_memory = open_bytes(bytes);
    const auto by_blocks = ColumnFile::open(std::make_shared<Unseen>(bytes));
    REQUIRE(by_blocks.has_value());
    for (const Instructions instructions : available_instructions()) {
      for (const unsigned threads : {1U, 2U, 5U}) {
        INFO("columns " << shape.columns << " with " << std::string(name_of(instructions)) << " on " << threads);
        for (const ColumnFile* file : {&in_memory, &*by_blocks}) {
          const auto found = sums_of(*file, answers.items, {instructions, threads});
          REQUIRE(found.has_value());
          CHECK(*found == expected);
          CHECK(found->hash() == expected.hash());
        }
      }
    }
  }
}

TEST_CASE("weights of rows give the same bits where scores are whole", "[columns]") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Shape shape;
    shape.row_weights = true;
    const Answers answers = random_answers(shape, seed);
    const sums::SumsTable expected = table_of(answers);
    for (const Instructions instructions : available_instructions()) {
      const auto found = sums_of(file_of(answers), answers.items, {instructions, 2});
      REQUIRE(found.has_value());
      CHECK(*found == expected);
    }
  }
}

TEST_CASE("weights of rows and scores of any kind agree to one rounding", "[columns]") {
  Shape shape;
  shape.row_weights = true;
  shape.whole_scores = false;
  const Answers answers = random_answers(shape, 3);
  const sums::SumsTable expected = table_of(answers);
  const auto found = sums_of(file_of(answers), answers.items);
  REQUIRE(found.has_value());
  for (const auto& [key, cell] : expected.cells()) {
    const sums::CellSums& other = found->cells().at(key);
    for (std::size_t k = 0; k < cell.items.size(); ++k) {
      CHECK(other.items[k].weight == cell.items[k].weight);
      CHECK(other.items[k].weighted_score.value() == Approx(cell.items[k].weighted_score.value()).epsilon(1e-14).margin(1e-12));
    }
  }
}

TEST_CASE("files of several stores and batches in any order add up to the bits of one", "[columns]") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    Shape shape;
    shape.whole_scores = seed % 2 == 0;
    shape.cell_weights = seed % 3 == 0;
    const Answers whole = random_answers(shape, seed);
    const sums::SumsTable expected = table_of(whole);
    std::mt19937_64 random(seed);
    std::vector<Answers> parts(2 + seed % 4, whole);
    for (Answers& part : parts) part.rows.clear();
    std::vector<Row> rows = whole.rows;
    std::shuffle(rows.begin(), rows.end(), random);
    for (const Row& row : rows) parts[random() % parts.size()].rows.push_back(row);
    std::shuffle(parts.begin(), parts.end(), random);
    auto first = sums_of(file_of(parts[0]), whole.items);
    REQUIRE(first.has_value());
    sums::SumsTable merged = std::move(*first);
    for (std::size_t k = 1; k < parts.size(); ++k) {
      const auto part = sums_of(file_of(parts[k]), whole.items);
      REQUIRE(part.has_value());
      REQUIRE(merged.merge(*part).has_value());
    }
    CHECK(merged == expected);
  }
}

TEST_CASE("every kernel counts what counting one by one counts", "[columns]") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 300; ++round) {
    const std::size_t columns = 1 + random() % 140;
    const std::size_t rows = random() % (kMostRowsCounted + 1);
    const std::uint64_t slots = round % 4 == 0 ? ~std::uint64_t{0} : random() & random();
    std::vector<std::uint8_t> codes(rows * columns + 64);
    for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(random());
    const CountPlan plan(columns, slots);
    for (const Instructions instructions : available_instructions()) {
      std::vector<std::uint8_t> counts(plan.counts() + 1, 77);
      count_codes(instructions)(plan, codes.data(), rows, counts.data());
      bool right = true;
      for (std::size_t s = 0; s < plan.slots.size(); ++s) {
        for (std::size_t k = 0; k < columns; ++k) {
          std::size_t expected = 0;
          for (std::size_t row = 0; row < rows; ++row)
            if (slot_of(codes[row * columns + k]) == plan.slots[s]) ++expected;
          right = right && counts[s * plan.stride + k] == expected;
        }
      }
      INFO(std::string(name_of(instructions)) << ", " << columns << " columns, " << rows << " rows");
      CHECK(right);
      CHECK(counts.back() == 77);
    }
  }
}
