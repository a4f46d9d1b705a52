#include "tests/analysis/estimate/fixture.h"

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace khaosat::estimate::fixture {
namespace {

std::string path_of(const std::string& name) {
  return std::string(KHAOSAT_SOURCE_DIR) + "/tests/fixtures/statistics/" + name;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\r') continue;
    if (c == ',')
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

}  // namespace

Table Table::read(const std::string& name) {
  std::ifstream file(path_of(name));
  if (!file) throw std::runtime_error("no fixture " + name);
  std::string line;
  std::getline(file, line);
  const auto header = fields_of(line);
  Table table;
  while (std::getline(file, line)) {
    const auto fields = fields_of(line);
    if (fields.size() != header.size()) throw std::runtime_error("ragged row in " + name);
    for (std::size_t k = 0; k < fields.size(); ++k) table.columns_[header[k]].push_back(fields[k]);
    ++table.rows_;
  }
  return table;
}

const std::vector<std::string>& Table::text(const std::string& column) const {
  return columns_.at(column);
}

std::vector<double> Table::numbers(const std::string& column) const {
  std::vector<double> result;
  for (const std::string& field : text(column))
    result.push_back(field.empty() || field == "NA" ? std::numeric_limits<double>::quiet_NaN()
                                                    : std::stod(field));
  return result;
}

std::vector<std::uint32_t> Table::ids(const std::string& column) const {
  return code_labels(text(column)).codes;
}

std::vector<double> Table::is(const std::string& column, const std::string& value) const {
  std::vector<double> result;
  for (const std::string& field : text(column)) result.push_back(field == value ? 1 : 0);
  return result;
}

Domain Table::where(const std::string& column, const std::string& value) const {
  Domain result;
  for (const std::string& field : text(column)) result.push_back(field == value ? 1 : 0);
  return result;
}

std::vector<std::string> Table::columns() const {
  std::vector<std::string> names;
  for (const auto& [name, values] : columns_) names.push_back(name);
  return names;
}

nlohmann::json read_json(const std::string& name) {
  std::ifstream file(path_of(name));
  if (!file) throw std::runtime_error("no fixture " + name);
  return nlohmann::json::parse(file);
}

double number(const nlohmann::json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_null()) return std::numeric_limits<double>::quiet_NaN();
  const auto text = value.get<std::string>();
  if (text == "Inf") return std::numeric_limits<double>::infinity();
  if (text == "-Inf") return -std::numeric_limits<double>::infinity();
  if (text == "NaN" || text == "NA") return std::numeric_limits<double>::quiet_NaN();
  return std::stod(text);
}

bool agrees(double found, double expected, double relative, double floor) {
  if (std::isnan(found) || std::isnan(expected)) return false;
  if (std::abs(expected) < floor) return std::abs(found) < 10 * floor;
  return std::abs(found - expected) <= relative * std::abs(expected);
}

}  // namespace khaosat::estimate::fixture
