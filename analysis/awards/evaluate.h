// Rules + facts + readings → Decision. Pure and deterministic; thread safe.
#pragma once

#include <string>

#include "analysis/awards/decision.h"
#include "analysis/awards/fact_book.h"
#include "analysis/awards/lineage.h"
#include "analysis/awards/rule_set.h"

namespace khaosat::awards {

struct EvaluationContext {
  int year = 0;      // the year being rewarded; a rule may look at the one before
  std::string date;  // day of the decision: facts of later days are not seen at all
  const Ladders* ladders = nullptr;
  Lineage lineage;
  std::string program;  // name and version, printed in the result
};

// Every subject of a kind that an award names is a candidate; of units, those of the lowest tier in
// the facts. A subject that does not exist in the year is left out. Readings must have passed check_readings().
Decision evaluate(const RuleSet& rules, const FactBook& facts, const Readings& readings,
                  const EvaluationContext& context);

// Names and types that no given rule set declares, and facts dated after the day of the decision.
Faults check_facts(const FactBook& facts, const std::vector<const RuleSet*>& rule_sets,
                   const std::string& decision_date, const std::string& file);

}  // namespace khaosat::awards
