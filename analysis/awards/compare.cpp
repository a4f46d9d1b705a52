#include "analysis/awards/compare.h"

#include <algorithm>
#include <map>

namespace khaosat::awards {

namespace {

void verdicts_by_clause(const Reason& reason, std::map<std::string, std::vector<Verdict>>& verdicts) {
  if (reason.children.empty()) verdicts[reason.clause].push_back(reason.verdict);
  for (const auto& child : reason.children) verdicts_by_clause(child, verdicts);
}

const CandidateDecision* candidate_in(const Decision& decision, const CandidateDecision& wanted) {
  for (const auto& candidate : decision.candidates) {
    if (candidate.award == wanted.award && candidate.subject == wanted.subject) return &candidate;
  }
  return nullptr;
}

}  // namespace

std::vector<VerdictChange> changes_between(const Decision& before, const Decision& after) {
  std::vector<VerdictChange> changes;
  for (const auto& old : before.candidates) {
    const auto* now = candidate_in(after, old);
    if (now == nullptr) continue;
    std::map<std::string, std::vector<Verdict>> old_clauses, new_clauses;
    verdicts_by_clause(old.reason, old_clauses);
    verdicts_by_clause(now->reason, new_clauses);
    VerdictChange change{old.award, old.subject, old.name, old.verdict, now->verdict, {}};
    for (const auto& [clause, verdicts] : new_clauses) {
      if (old_clauses[clause] != verdicts) change.clauses.push_back(clause);
    }
    if (change.before != change.after || !change.clauses.empty()) changes.push_back(std::move(change));
  }
  return changes;
}

std::vector<ReadingComparison> compare_readings(const RuleSet& rules, const FactBook& facts, const Readings& readings,
                                                const EvaluationContext& context) {
  std::vector<ReadingComparison> comparisons;
  const Decision base = evaluate(rules, facts, readings, context);
  for (const auto& spec : rules.readings) {
    const auto chosen = readings.find(spec.name);
    const std::string current = chosen == readings.end() ? spec.default_value : chosen->second.value;
    std::vector<std::string> values;
    for (const auto& choice : spec.choices) values.push_back(choice.value);
    if (std::find(values.begin(), values.end(), spec.default_value) == values.end()) values.push_back(spec.default_value);
    for (const auto& value : values) {
      if (value == current) continue;
      Readings other = readings;
      other[spec.name] = {value, "so sánh", context.date, ""};
      comparisons.push_back({spec.name, value, spec.meaning_of(value), changes_between(base, evaluate(rules, facts, other, context))});
    }
  }
  return comparisons;
}

}  // namespace khaosat::awards
