#include "analysis/estimate/respondent_groups.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/csv.h"

namespace khaosat::estimate {

namespace {

// Values of a column, as numbers in ascending order where all are numbers.
std::vector<std::string> values_of(const std::vector<std::string>& cells) {
  std::set<std::string> distinct(cells.begin(), cells.end());
  distinct.erase("");
  std::vector<std::string> values(distinct.begin(), distinct.end());
  if (std::all_of(values.begin(), values.end(), [](const std::string& value) { return number_from(value).has_value(); }))
    std::stable_sort(values.begin(), values.end(), [](const std::string& a, const std::string& b) { return *number_from(a) < *number_from(b); });
  return values;
}

}  // namespace

std::vector<RespondentGroup> groups_of(const Respondents& respondents, const Statement& statement, const Domain& inside) {
  const std::size_t rows = respondents.design.rows();
  std::vector<std::vector<std::string>> values;
  std::vector<std::vector<std::size_t>> place(statement.by.size());  // of each row's value; past the end: none
  for (std::size_t k = 0; k < statement.by.size(); ++k) {
    const auto& cells = respondents.texts.at(statement.by[k]);
    values.push_back(values_of(cells));
    std::unordered_map<std::string_view, std::size_t> at;
    for (std::size_t value = 0; value < values[k].size(); ++value) at.emplace(values[k][value], value);
    for (const std::string& cell : cells) {
      const auto found = at.find(cell);
      place[k].push_back(found == at.end() ? values[k].size() : found->second);
    }
  }
  std::map<std::vector<std::size_t>, std::vector<std::uint32_t>> members;
  std::vector<std::size_t> key(statement.by.size());
  for (std::size_t row = 0; row < rows; ++row) {
    bool placed = inside.empty() || inside[row] != 0;
    for (std::size_t k = 0; k < key.size(); ++k) {
      key[k] = place[k][row];
      placed = placed && key[k] < values[k].size();
    }
    if (placed) members[key].push_back(static_cast<std::uint32_t>(row));
  }
  std::vector<RespondentGroup> groups;
  for (auto& [at, who] : members) {
    DomainTerms terms;
    for (std::size_t k = 0; k < at.size(); ++k) terms.push_back({statement.by[k], values[k][at[k]]});
    groups.push_back({std::move(terms), std::move(who)});
  }
  return groups;
}

Respondents restricted(const Respondents& respondents, const Statement& statement, std::span<const std::uint32_t> rows) {
  Respondents people{respondents.design.restricted_to(rows), {}, {}, std::nullopt};
  const auto take = [&](const auto& names, const auto& columns, auto& into) {
    for (const auto& name : names) {
      const auto& from = columns.at(name);
      auto& column = into[name];
      column.clear();
      column.reserve(rows.size());
      for (const std::uint32_t row : rows) column.push_back(from[row]);
    }
  };
  take(statement.number_columns(), respondents.numbers, people.numbers);
  take(statement.text_columns(), respondents.texts, people.texts);
  return people;
}

}  // namespace khaosat::estimate
