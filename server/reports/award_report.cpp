#include "server/reports/award_report.h"

#include <algorithm>

namespace khaosat {

bool rests_on(const awards::Reason& reason, const std::string& clause) {
  if (reason.clause == clause) return true;
  return std::any_of(reason.children.begin(), reason.children.end(),
                     [&](const auto& child) { return rests_on(child, clause); });
}

namespace {

// What all conditions of a clause say together. Conditions beside one another, below the root, are
// joined by "all"; a clause inside an "any" counts with the verdict of the whole.
std::optional<awards::Verdict> verdict_on(const awards::Reason& root, const std::string& clause) {
  std::vector<awards::Verdict> verdicts;
  const bool joined = root.predicate == "all" && !root.children.empty();
  if (!joined && rests_on(root, clause)) verdicts.push_back(root.verdict);
  if (joined) {
    for (const auto& child : root.children) {
      if (rests_on(child, clause)) verdicts.push_back(child.verdict);
    }
  }
  if (verdicts.empty()) return std::nullopt;
  return awards::all_of(verdicts);
}

void add_lines(const awards::Reason& reason, int depth, std::vector<ReasonLine>& lines) {
  lines.push_back({&reason, depth});
  for (const auto& child : reason.children) add_lines(child, depth + 1, lines);
}

}  // namespace

std::vector<AwardTable> award_tables(const awards::RuleSet& rules, const awards::Decision& decision) {
  std::vector<AwardTable> tables;
  for (const auto& award : rules.awards) {
    AwardTable table;
    table.award = &award;
    for (const auto& clause : rules.clauses) {
      const bool used = std::any_of(decision.candidates.begin(), decision.candidates.end(), [&](const auto& candidate) {
        return candidate.award == award.id && rests_on(candidate.reason, clause.id);
      });
      if (used) table.clauses.push_back(clause.id);
    }
    for (const auto& candidate : decision.candidates) {
      if (candidate.award != award.id) continue;
      AwardTable::Row row{&candidate, {}};
      for (const auto& clause : table.clauses) row.verdicts.push_back(verdict_on(candidate.reason, clause));
      table.rows.push_back(std::move(row));
    }
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<ReasonLine> reason_lines(const awards::Reason& reason) {
  std::vector<ReasonLine> lines;
  add_lines(reason, 0, lines);
  return lines;
}

}  // namespace khaosat
