// Reads the reference data and expected values of tests/fixtures/statistics.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "analysis/estimate/sample_design.h"
#include "analysis/estimate/statistics.h"

namespace khaosat::estimate::fixture {

// A CSV file by column. Quoted fields are not needed by these files.
class Table {
 public:
  static Table read(const std::string& name);  // below tests/fixtures/statistics
  std::size_t rows() const { return rows_; }
  const std::vector<std::string>& text(const std::string& column) const;
  std::vector<double> numbers(const std::string& column) const;  // empty field or NA: NaN
  std::vector<std::uint32_t> ids(const std::string& column) const;
  // 1 where the column has this text.
  std::vector<double> is(const std::string& column, const std::string& value) const;
  Domain where(const std::string& column, const std::string& value) const;
  std::vector<std::string> columns() const;

 private:
  std::map<std::string, std::vector<std::string>> columns_;
  std::size_t rows_ = 0;
};

nlohmann::json read_json(const std::string& name);
// A number, or NaN and infinity written as text.
double number(const nlohmann::json& value);

// |found - expected| <= relative * |expected|; expected values below `floor` count as zero.
bool agrees(double found, double expected, double relative = 1e-10, double floor = 1e-9);

}  // namespace khaosat::estimate::fixture
