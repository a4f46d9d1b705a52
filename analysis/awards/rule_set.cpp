#include "analysis/awards/rule_set.h"

namespace khaosat::awards {

const Clause* RuleSet::clause(std::string_view wanted) const {
  for (const auto& candidate : clauses) {
    if (candidate.id == wanted) return &candidate;
  }
  return nullptr;
}

const ReadingSpec* RuleSet::reading(std::string_view name) const {
  for (const auto& candidate : readings) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

}  // namespace khaosat::awards
