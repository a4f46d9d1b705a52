// The same facts under other readings, or on another day. Pure.
#pragma once

#include <string>
#include <vector>

#include "analysis/awards/evaluate.h"

namespace khaosat::awards {

struct VerdictChange {
  std::string award;
  std::string subject;
  std::string name;
  Verdict before = Verdict::undetermined;
  Verdict after = Verdict::undetermined;
  std::vector<std::string> clauses;  // whose verdict differs
};

struct ReadingComparison {
  std::string reading;
  std::string value;
  LocalText meaning;
  std::vector<VerdictChange> changes;
};

// One reading at a time set to each of its other values.
std::vector<ReadingComparison> compare_readings(const RuleSet& rules, const FactBook& facts,
                                                const Readings& readings,
                                                const EvaluationContext& context);
// What differs between two decisions on the same rule set.
std::vector<VerdictChange> changes_between(const Decision& before, const Decision& after);

std::string to_json(const std::vector<ReadingComparison>& comparisons);
std::string to_csv(const std::vector<ReadingComparison>& comparisons);
std::string explain(const std::vector<ReadingComparison>& comparisons, std::string_view language);

}  // namespace khaosat::awards
