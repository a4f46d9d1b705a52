#include "analysis/awards/compare.h"
#include "analysis/awards/decision.h"
#include "base/csv.h"

namespace khaosat::awards {

namespace {

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() || part.empty() ? "" : "; ") + part;
  return text;
}

void write_leaves(CsvWriter& out, const Decision& decision, const CandidateDecision& candidate, const Reason& reason) {
  for (const auto& child : reason.children) write_leaves(out, decision, candidate, child);
  const bool is_inner = !reason.children.empty() && reason.facts.empty() && reason.missing.empty();
  if (is_inner || reason.verdict == Verdict::not_applicable) return;
  std::vector<std::string> facts, missing, suppliers;
  for (const auto& use : reason.facts) {
    facts.push_back(use.fact.name + " " + use.fact.period.text() + ": " + use.value + " (" + std::string(name_of(use.fact.source)) +
                    (use.fact.publisher.empty() ? "" : ", " + use.fact.publisher) + ", " + use.fact.date + ")");
  }
  for (const auto& item : reason.missing) {
    missing.push_back(item.what.in("vi"));
    suppliers.push_back(item.supplier.in("vi"));
  }
  out.text(decision.rule_set).integer(decision.rule_set_version).integer(decision.year).text(decision.date);
  out.text(candidate.award).text(candidate.subject).text(name_of(candidate.kind)).text(candidate.name).text(name_of(candidate.verdict));
  out.text(reason.clause).text(reason.predicate).text(name_of(reason.verdict)).text(reason.condition.in("vi")).text(reason.found.in("vi"));
  out.text(joined(facts)).text(joined(missing)).text(joined(suppliers)).text(joined(reason.readings));
  out.end_row();
}

}  // namespace

std::string to_csv(const Decision& decision) {
  CsvWriter out({"rule_set", "version", "year", "date", "award", "subject", "kind", "name", "verdict", "clause", "word",
                 "clause_verdict", "condition", "found", "facts", "missing", "supplier", "readings"});
  for (const auto& candidate : decision.candidates) write_leaves(out, decision, candidate, candidate.reason);
  return out.str();
}

std::string to_csv(const std::vector<ReadingComparison>& comparisons) {
  CsvWriter out({"reading", "value", "award", "subject", "name", "before", "after", "clauses"});
  for (const auto& comparison : comparisons) {
    for (const auto& change : comparison.changes) {
      out.text(comparison.reading).text(comparison.value).text(change.award).text(change.subject).text(change.name);
      out.text(name_of(change.before)).text(name_of(change.after)).text(joined(change.clauses));
      out.end_row();
    }
  }
  return out.str();
}

}  // namespace khaosat::awards
