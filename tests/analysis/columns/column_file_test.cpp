#include "tests/analysis/columns/random_answers.h"

using namespace khaosat;
using namespace khaosat::columns;
using namespace khaosat::columns::testing;

namespace {

ByteSink nowhere() {
  return [](std::string_view) -> Result<void> { return {}; };
}

}  // namespace

TEST_CASE("a column file says again what was written", "[columns]") {
  for (const bool weights : {false, true}) {
    Shape shape;
    shape.row_weights = weights;
    shape.cell_weights = !weights;
    Answers answers = random_answers(shape, 4);
    answers.layout.source.fill(0x5a);
    answers.layout.columns[1].number = true;
    for (CodedAnswer& answer : answers.layout.columns[1].answers) answer = {{}, 2.5};
    answers.layout.columns[2].answers[0].options = {"một", "hai"};
    const ColumnFile file = file_of(answers);
    CHECK(file.layout() == answers.layout);
    CHECK(file.rows() == answers.rows.size());
    REQUIRE(file.cells().size() == answers.weights.size());
    for (const ColumnCell& cell : file.cells()) CHECK(cell.weight == answers.weights.at(cell.key));
    CHECK(file.verify().has_value());
  }
}

TEST_CASE("rows in any order give the same sums and a file of the same length", "[columns]") {
  Answers answers = random_answers({}, 8);
  const std::string bytes = file_bytes(answers);
  std::reverse(answers.rows.begin(), answers.rows.end());
  CHECK(file_bytes(answers).size() == bytes.size());
  CHECK(*sums_of(file_of(answers), answers.items) == *sums_of(open_bytes(bytes), answers.items));
}

TEST_CASE("one changed byte is noticed", "[columns]") {
  const std::string bytes = file_bytes(random_answers({}, 1));
  std::mt19937_64 random(1);
  for (int round = 0; round < 500; ++round) {
    std::string changed = bytes;
    const std::size_t at = random() % changed.size();
    changed[at] = static_cast<char>(changed[at] ^ (1U << random() % 8));
    const auto file = ColumnFile::open(std::make_shared<MemoryBytes>(changed));
    // The last bytes after the hash say nothing.
    const bool padding = at >= changed.size() - (format::kTrailerBytes - format::kTrailerHashed - sizeof(Digest));
    INFO("byte " << at << " of " << changed.size());
    CHECK((padding || !file || !file->verify()));
  }
}

TEST_CASE("a file cut short anywhere is refused", "[columns]") {
  const std::string bytes = file_bytes(random_answers({3, 5, 4, 30, false, true, false}, 1));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto file = ColumnFile::open(std::make_shared<MemoryBytes>(bytes.substr(0, length)));
    REQUIRE_FALSE(file.has_value());
    CHECK(file.error().code == ErrorCode::file_unreadable);
  }
}

TEST_CASE("what cannot stand in a column file is refused when written", "[columns]") {
  ColumnLayout layout;
  CHECK(ColumnWriter::create(layout, nowhere()).error().code == ErrorCode::out_of_range);
  layout.columns = {{"q", false, {{{"a"}, 0}, {{"b"}, 0}}}};
  auto writer = ColumnWriter::create(layout, nowhere());
  REQUIRE(writer.has_value());
  const std::vector<std::uint8_t> good = {0, 1, 254, 250};
  REQUIRE(writer->add({"u", "s", "p2"}, 1, good).has_value());
  CHECK(writer->add({"u", "s", "p1"}, 1, good).error().code == ErrorCode::design_invalid);
  for (const std::uint8_t code : {2, 58, 249, 255}) {
    const std::vector<std::uint8_t> bad = {code};
    CHECK(writer->add({"u", "s", "p3"}, 1, bad).error().code == ErrorCode::unknown_option);
  }
  for (const double weight : {-1.0, std::nan(""), 1e300})
    CHECK(writer->add({"u", "s", "p3"}, weight, good).error().code == ErrorCode::weight_invalid);
  layout.columns[0].answers.resize(kAnswerCodes + 1);
  CHECK(ColumnWriter::create(layout, nowhere()).error().code == ErrorCode::out_of_range);
}

TEST_CASE("a code that only another column knows is refused when counted", "[columns]") {
  Answers answers = random_answers({2, 5, 1, 0, false, true, false}, 1);
  answers.layout.columns[0].answers.resize(2);
  answers.items[0].answers.resize(2, sums::Answer::scored(1));
  answers.rows = {{answers.weights.begin()->first, {0, 4}, 0}};
  std::string bytes = file_bytes(answers);
  REQUIRE(static_cast<std::uint8_t>(bytes[format::kFrontBytes + 1]) == 4);
  std::swap(bytes[format::kFrontBytes], bytes[format::kFrontBytes + 1]);
  const auto sums = sums_of(open_bytes(bytes), answers.items);
  REQUIRE_FALSE(sums.has_value());
  CHECK(sums.error().code == ErrorCode::unknown_option);
}

TEST_CASE("weights in 32 bits keep nine digits and more of the largest", "[columns]") {
  for (const double largest : {1e-3, 0.7, 1.0, 44.21, 3e5, 4e9}) {
    const auto shift = static_cast<int>(weight_shift_for(largest));
    CHECK(std::ldexp(largest, shift) < 4294967296.0);
    if (largest > 0.01) CHECK(std::ldexp(largest, shift) > 2147483647.0);
  }
}
