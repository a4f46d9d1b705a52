// Where a kept decision came from, so that anybody can come to it again and see what would be different
// with what is known now. Kept beside the decision as a record of its own; a later fact changes neither.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/awards/decision.h"
#include "analysis/awards/readings.h"
#include "server/catalog/catalog.h"
#include "server/services/facts/fact_register.h"
#include "server/storage/store.h"

namespace khaosat {

struct DecisionOrigin {
  std::string rule_set;
  int rule_set_version = 0;
  int year = 0;
  std::string date;
  std::string unit;            // key; empty when the facts were given with the form
  std::int64_t through = 0;    // last entry of the register that was taken into account
  std::string facts_record;    // record of the facts given, when they did not come from the register
  awards::Readings readings;   // those that depart from the default
};

// Kind "decision_origin" under the decision's own id. Keeping it twice keeps the first.
Result<void> keep_origin(Store& store, const Clock& clock, const std::string& decision_id, const DecisionOrigin& origin, const std::string& author);
// Nothing for a decision kept without one.
Result<std::optional<DecisionOrigin>> origin_of(Store& store, const std::string& decision_id);

// One candidate whose verdict, or the verdict of a clause, is another than it was.
struct DecisionDifference {
  std::string award;
  std::string name;
  awards::Verdict before = awards::Verdict::undetermined;
  awards::Verdict after = awards::Verdict::undetermined;
  bool is_new = false;   // was no candidate
  bool is_gone = false;  // is none any more
  struct Clause {
    std::string clause;
    LocalText condition;
    awards::Verdict before;
    awards::Verdict after;
    LocalText found;  // what is found now
  };
  std::vector<Clause> clauses;
};

// A kept decision come to again from what it rested on.
struct RebuiltDecision {
  DecisionOrigin origin;
  std::shared_ptr<const awards::RuleSet> rules;
  awards::FactBook facts;
  awards::Decision decision;
  bool same = false;        // byte for byte what was kept, whichever version of the program kept it
  std::size_t removed = 0;  // entries whose content was removed since
  std::vector<std::int64_t> about_people;  // entries read: to be noted in the journal
};
// not_found without an origin; definition_unknown when the rule file of that version is no longer there.
Result<RebuiltDecision> rebuild_decision(FactRegister& facts, const Catalog& catalog, Store& store, const Record& decision);

struct DecisionReview {
  bool rebuilt = false;            // from the same entries come the same bytes
  std::size_t removed = 0;         // entries whose content was removed since
  std::int64_t entries_since = 0;  // entries added since
  std::vector<DecisionDifference> differences;
};

// Evaluates again as it was, and with everything known by `today`. Errors of rebuild_decision().
// `about_people` names the entries about people that were read.
Result<DecisionReview> review_decision(FactRegister& facts, const Catalog& catalog, Store& store, const Record& decision, const std::string& today,
                                       std::vector<std::int64_t>& about_people);

}  // namespace khaosat
