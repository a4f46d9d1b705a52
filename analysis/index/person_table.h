// The columns of a survey table that ask for respondents one by one: a second stage, and what is known of the
// population. Internal to index_table.cpp; table_help() says what they are.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_table.h"
#include "analysis/index/person_sample.h"
#include "analysis/index/survey_items.h"
#include "analysis/index/table_rows.h"

namespace khaosat::index {

class PersonTable {
 public:
  // All must outlive it.
  PersonTable(const std::string& file, TableRows& rows, const TableOptions& options, Faults& faults)
      : file_(file), rows_(rows), options_(options), faults_(faults) {}

  // False, with faults: columns that lack what they need beside them, or contradict each other.
  bool find(const std::function<bool(std::string_view)>& is_question);
  // The table has such columns.
  bool wanted() const { return wanted_; }
  void read(const std::vector<std::string>& cells, const sums::CellKey& key, double weight, const std::vector<sums::Answer>& answers);
  // What was read, for whoever makes the design from it. Leaves nothing behind.
  PersonColumns take(const std::map<std::string, double>& psus_in_population);
  // Puts sums and respondents into `input`, unless there are faults.
  void finish(const std::vector<SurveyItem>& items, const std::map<std::string, double>& psus_in_population, IndexInput& input);

 private:
  // A column of everybody's category or number, and the one of what is known of the population.
  struct Known {
    std::string name;
    std::size_t at = 0;
    std::size_t population = 0;
  };

  void complain(std::string message);
  std::optional<Known> known_pair(const std::string& name);
  std::optional<double> number_in(const std::vector<std::string>& cells, std::size_t at, const std::string& name, double least);
  void sizes_from_fractions();
  void read_margin(const std::vector<std::string>& cells, const Known& known, PersonMargin& margin);
  void read_total(const std::vector<std::string>& cells, const Known& known, PersonTotal& total);

  const std::string& file_;
  TableRows& rows_;
  const TableOptions& options_;
  Faults& faults_;
  bool wanted_ = false;
  std::optional<std::size_t> second_population_;
  bool second_fraction_ = false;
  std::optional<std::size_t> second_unit_;
  std::optional<Known> post_strata_;
  std::vector<Known> margins_;
  std::vector<Known> totals_;
  PersonColumns persons_;
};

}  // namespace khaosat::index
