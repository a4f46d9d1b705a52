// The columns of a table of respondents that say how they were drawn: what `index compute` and `estimate` read
// alike. Internal to analysis/index; design_columns_help() says what they are.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/person_table.h"

namespace khaosat::index {

// The lines of table_help() about these columns.
std::string_view design_columns_help();

class DesignTable {
 public:
  // All must outlive it.
  DesignTable(const std::string& file, TableRows& rows, const TableOptions& options, Faults& faults)
      : file_(file), rows_(rows), options_(options), faults_(faults), persons_(file, rows, options, faults) {}

  // False, with faults: columns that lack what they need beside them, or weights made elsewhere (refused when
  // people were drawn). `psu_needed`: a table without PSUs is a fault.
  bool find(const std::function<bool(std::string_view)>& is_question, bool psu_needed);
  bool has_psu() const { return psu_.has_value(); }
  // Stratum and PSU of a row go to `key`, the population of the stratum to populations(). Nothing where a cell is
  // faulty; the other columns of the row may still be read, so that all its faults are told.
  std::optional<double> read(const std::vector<std::string>& cells, sums::CellKey& key);
  // By stratum, once all rows were read; empty: no such column. From psu_fraction: PSUs met over it.
  std::map<std::string, double> populations() const;
  PersonTable& persons() { return persons_; }

 private:
  std::optional<double> weight_in(const std::vector<std::string>& cells);
  bool read_place(const std::vector<std::string>& cells, sums::CellKey& key);
  void read_population(const std::vector<std::string>& cells, const std::string& stratum);

  const std::string& file_;
  TableRows& rows_;
  const TableOptions& options_;
  Faults& faults_;
  PersonTable persons_;
  std::optional<std::size_t> stratum_;
  std::optional<std::size_t> psu_;
  std::optional<std::size_t> weight_;
  std::optional<std::size_t> population_;
  bool by_fraction_ = false;
  std::size_t respondents_ = 0;
  std::map<std::string, double> populations_;         // or fractions
  std::map<std::string, std::set<std::string>> met_;  // PSUs by stratum, where fractions are given
  std::map<std::string, std::string> stratum_of_psu_;
};

}  // namespace khaosat::index
