// Models and tables from the repository, for tests of indices.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "analysis/index/index_model_json.h"
#include "base/csv.h"

namespace khaosat::test {

inline std::string read_file(const std::string& path) {
  std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/" + path, std::ios::binary);
  INFO(path);
  REQUIRE(in.good());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline index::IndexModel shipped_model(const std::string& id) {
  const std::string path = "survey_defs/index_models/" + id + ".json";
  const index::ReadModel read = index::read_index_model(path, read_file(path));
  INFO(to_text(read.faults));
  REQUIRE(read.faults.empty());
  REQUIRE(read.model.has_value());
  return *read.model;
}

inline index::IndexModel model_from(const std::string& text) {
  const index::ReadModel read = index::read_index_model("model.json", text);
  INFO(to_text(read.faults));
  REQUIRE(read.model.has_value());
  return *read.model;
}

// A table below tests/fixtures/statistics.
struct CsvTable {
  explicit CsvTable(const std::string& path) : text(read_file("tests/fixtures/statistics/" + path)) {
    Faults faults;
    CsvReader reader(path, text, faults);
    header = reader.header();
    std::vector<std::string> cells;
    while (reader.next(cells)) rows.push_back(cells);
    REQUIRE(faults.empty());
    for (std::size_t k = 0; k < header.size(); ++k) column[header[k]] = k;
  }
  const std::string& at(const std::vector<std::string>& row, const std::string& name) const {
    return row[column.at(name)];
  }
  std::string text;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
  std::map<std::string, std::size_t> column;
};

}  // namespace khaosat::test
