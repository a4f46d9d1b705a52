// THE LIST of words a rule file may use (predicates.cpp). The vocabulary is closed: a directive that
// needs another word gets a function, a line in the list, a word in the schema and a truth table.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/awards/decision.h"
#include "analysis/awards/fact.h"
#include "analysis/awards/rule_set.h"

namespace khaosat::awards {

class Evaluation;

// What a leaf is asked about: the candidate, the subject whose facts count (the candidate itself,
// its body, its commune …) and the year.
struct Question {
  const Subject* subject = nullptr;
  const Subject* carrier = nullptr;
  int year = 0;
};

enum class ParameterKind { word, number, date, grade, text, fact };

struct ParameterSpec {
  std::string_view name;
  ParameterKind kind = ParameterKind::word;
  std::vector<std::string_view> words{};  // for a word: what it may be
  bool required = false;
};

struct PredicateSpec {
  std::string_view name;
  std::vector<FactType> fact_types;  // empty: needs no fact
  std::vector<ParameterSpec> parameters;
  std::string_view default_carrier = "self";  // whose facts count when "of" is not given
  // Fills verdict, found, facts, missing, readings of the reason. The condition's own `when` and
  // `applies_to` have been looked at.
  void (*evaluate)(const Evaluation& evaluation, const Condition& condition, const Question& question,
                   Reason& reason);
};

const std::vector<PredicateSpec>& predicates();
const PredicateSpec* predicate_named(std::string_view name);
// Parameters that every condition with a fact may have: of, year,
// publisher, known_by, merge. (predicates.cpp says what each may be.)
const std::vector<ParameterSpec>& common_parameters();

}  // namespace khaosat::awards
