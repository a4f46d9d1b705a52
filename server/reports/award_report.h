// A decision as tables for people: candidates against clauses at a glance, reasons in reading order.
// Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/awards/decision.h"
#include "analysis/awards/rule_set.h"

namespace khaosat {

struct AwardTable {
  struct Row {
    const awards::CandidateDecision* candidate = nullptr;
    std::vector<std::optional<awards::Verdict>> verdicts;  // by clause; nothing: no condition of it was looked at
  };
  const awards::Award* award = nullptr;
  std::vector<std::string> clauses;  // ids, in the order of the directive
  std::vector<Row> rows;
};

// One table per award; pointers into `rules` and `decision`, which must outlive it.
std::vector<AwardTable> award_tables(const awards::RuleSet& rules, const awards::Decision& decision);

// Whether a condition, or one below it, is of this clause.
bool rests_on(const awards::Reason& reason, const std::string& clause);

struct ReasonLine {
  const awards::Reason* reason = nullptr;
  int depth = 0;
};
// A tree of reasons, each after the one above it.
std::vector<ReasonLine> reason_lines(const awards::Reason& reason);

}  // namespace khaosat
