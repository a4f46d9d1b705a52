// Answers of chance in three forms: as rows, as a column file, and as the table of sums that adding
// row by row gives, which is what the kernels are held against.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/columns/column_writer.h"

namespace khaosat::columns::testing {

struct Row {
  sums::CellKey cell;
  std::vector<std::uint8_t> codes;
  std::uint32_t weight = 0;  // units of the file, where rows have weights
};

struct Shape {
  std::size_t columns = 7;
  std::size_t answers = 5;
  std::size_t cells = 12;
  std::size_t rows = 400;
  bool row_weights = false;
  bool whole_scores = true;
  bool cell_weights = false;
  // All answers are scored, at even steps up or down, and no absence is.
  bool even_scores = false;
};

struct Answers {
  ColumnLayout layout;
  std::map<sums::CellKey, double> weights;  // of every cell, also of empty ones
  std::vector<Row> rows;
  std::vector<ScoredColumn> items;
};

// 1 to 5, 5 to 1, 0 to 100 by quarters, or halves.
inline double even_score(std::size_t column, std::size_t answer) {
  const auto position = static_cast<double>(answer);
  const double scores[] = {position + 1, 5 - position, 25 * position, 0.5 * position - 1};
  return scores[column % 4];
}

inline Answers random_answers(const Shape& shape, unsigned seed) {
  std::mt19937_64 random(seed);
  Answers made;
  made.layout.row_weights = shape.row_weights;
  made.layout.weight_shift = shape.row_weights ? 20 : 0;
  for (std::size_t k = 0; k < shape.columns; ++k) {
    Column column{"q" + std::to_string(k), false, {}};
    ScoredColumn item{"item" + std::to_string(k), k, {}, {}};
    // Columns of different length, the last of them full.
    const std::size_t answers = k + 1 == shape.columns ? shape.answers : 1 + random() % shape.answers;
    for (std::size_t a = 0; a < answers; ++a) {
      column.answers.push_back({{"o" + std::to_string(a)}, 0});
      item.answers.push_back(sums::Answer::scored(shape.even_scores  ? even_score(k, a)
                                                  : shape.whole_scores ? static_cast<double>(a) - 1
                                                                     : std::sqrt(static_cast<double>(a)) - 0.7));
    }
    for (std::size_t a = 0; a < sums::kAbsenceKinds; ++a)
      item.absences.push_back(!shape.even_scores && a == 2 && k % 2 == 0 ? sums::Answer::scored(0)
                                                   : sums::Answer::absent(static_cast<sums::Absence>(a)));
    made.layout.columns.push_back(std::move(column));
    made.items.push_back(std::move(item));
  }
  std::vector<sums::CellKey> keys;
  for (std::size_t c = 0; c < shape.cells; ++c) {
    keys.push_back({"u" + std::to_string(c % 4), "s" + std::to_string(c % 4), "p" + std::to_string(c)});
    made.weights[keys.back()] = shape.cell_weights ? 0.3 + static_cast<double>(random() % 97) / 7 : 1;
  }
  for (std::size_t r = 0; r < shape.rows; ++r) {
    Row row;
    // Cells of very different size, some of them empty.
    row.cell = keys[(random() % keys.size()) * (random() % 3) / 2];
    for (const Column& column : made.layout.columns) {
      const bool absent = random() % 6 == 0;
      row.codes.push_back(static_cast<std::uint8_t>(absent ? kFirstAbsenceCode + random() % 5
                                                           : random() % column.answers.size()));
    }
    row.weight = static_cast<std::uint32_t>(random() >> 32U);
    made.rows.push_back(std::move(row));
  }
  return made;
}

inline std::string file_bytes(const Answers& answers) {
  std::string bytes;
  auto writer = ColumnWriter::create(answers.layout, [&](std::string_view more) -> Result<void> {
    bytes.append(more);
    return {};
  });
  REQUIRE(writer.has_value());
  for (const auto& [key, weight] : answers.weights) {
    std::vector<std::uint8_t> codes;
    std::vector<std::uint32_t> weights;
    for (const Row& row : answers.rows) {
      if (row.cell != key) continue;
      codes.insert(codes.end(), row.codes.begin(), row.codes.end());
      if (answers.layout.row_weights) weights.push_back(row.weight);
    }
    REQUIRE(writer->add(key, weight, codes, weights).has_value());
  }
  REQUIRE(writer->finish().has_value());
  return bytes;
}

inline ColumnFile open_bytes(std::string bytes) {
  auto file = ColumnFile::open(std::make_shared<MemoryBytes>(std::move(bytes)));
  REQUIRE(file.has_value());
  return std::move(*file);
}

inline ColumnFile file_of(const Answers& answers) { return open_bytes(file_bytes(answers)); }

// The same through SumsTable::add, row by row.
inline sums::SumsTable table_of(const Answers& answers) {
  std::vector<std::string> names;
  for (const ScoredColumn& item : answers.items) names.push_back(item.item);
  sums::SumsTable table(names);
  for (const auto& [key, weight] : answers.weights) table.touch(key);
  for (const Row& row : answers.rows) {
    std::vector<sums::Answer> scored;
    for (const ScoredColumn& item : answers.items) {
      const std::uint8_t code = row.codes[item.column];
      scored.push_back(code >= kFirstAbsenceCode ? item.absences[code - kFirstAbsenceCode]
                                                 : *item.answers[code]);
    }
    const double weight = answers.layout.row_weights
                              ? std::ldexp(row.weight, -static_cast<int>(answers.layout.weight_shift))
                              : answers.weights.at(row.cell);
    REQUIRE(table.add(row.cell, weight, scored).has_value());
  }
  return table;
}

}  // namespace khaosat::columns::testing
