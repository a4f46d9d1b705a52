// Reads conditions and parameters against the facts, readings and clauses of the same file.
// Internal to rule_set_json.cpp.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/predicates.h"
#include "analysis/awards/rule_set.h"
#include "base/definition_json.h"

namespace khaosat::awards {

std::vector<FactSource> read_sources(const DefinitionNode& node, std::string_view key);

class ConditionReader {
 public:
  ConditionReader(const RuleSet& rules, const Ladders& ladders) : rules_(rules), ladders_(ladders) {}

  Condition condition(const DefinitionNode& node, const std::string& inherited_clause);
  // A text, a number, or {"reading": "name"}; not given when absent.
  Parameter parameter(const DefinitionNode& node, std::string_view key);
  // The id of a clause, or empty; complains when no such clause exists.
  std::string clause(const DefinitionNode& node, std::string_view key);
  // Complains unless the file declares this fact with one of these types (any type if empty).
  void fact(const DefinitionNode& node, const std::string& name, const std::vector<FactType>& types);
  // Clauses that nothing takes up, and readings that nothing asks for.
  void complain_about_unused(const DefinitionNode& root);

 private:
  void read_leaf(const DefinitionNode& node, const PredicateSpec& predicate, Condition& condition);
  void check_parameter(const DefinitionNode& node, const ParameterSpec& spec, const Parameter& parameter,
                       const Condition& condition);

  const RuleSet& rules_;
  const Ladders& ladders_;
  std::set<std::string> clauses_used_;
  std::set<std::string> readings_used_;
};

}  // namespace khaosat::awards
