// One directive as data: its clauses, the facts they need, the open readings, the awards and the
// duties. Read from survey_defs/award_rules; docs/award_rules.md explains the file to an official.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/fact.h"
#include "analysis/awards/grade_ladder.h"
#include "analysis/awards/readings.h"
#include "base/fault.h"
#include "base/local_text.h"

namespace khaosat::awards {

// A value written in the file, or taken from a reading.
struct Parameter {
  std::string literal;
  std::string reading;
  bool given() const { return !literal.empty() || !reading.empty(); }
};

// A node of the tree of conditions. Inner nodes are "all", "any", "not"; leaves name a word of THE
// LIST in predicates.cpp.
struct Condition {
  std::string predicate;
  std::string clause;  // id of a Clause; inherited from the node above when empty
  LocalText text;      // the condition in words
  std::string fact;
  std::map<std::string, Parameter, std::less<>> parameters;
  std::vector<FactSource> accept;  // empty: what the fact's declaration accepts
  // The node counts only while these readings have one of these values …
  std::vector<std::pair<std::string, std::vector<std::string>>> when;
  // … and only for these kinds of subject (empty: all).
  std::vector<SubjectKind> applies_to;
  std::vector<Condition> children;
  std::string pointer;  // JSON pointer, for messages
};

struct FactSpec {
  std::string name;
  FactType type = FactType::truth;
  LocalText title;
  LocalText supplier;  // who can supply it
  std::vector<FactSource> accept;
  std::string ladder;  // for a grade
};

struct Clause {
  std::string id;
  LocalText place;    // where in the document
  std::string quote;  // a few of its own words, Vietnamese
  LocalText text;     // what it asks, in our words
  LocalText by_hand;  // not empty: people decide this, and how
};

struct Share {
  double fraction = 0;
  Parameter denominator;        // name of one of the counts below
  Parameter rounding;           // "down", "half_up", "up"
  std::map<std::string, std::string> counts;  // denominator → number fact of the unit
};

struct Quota {
  SubjectKind kind = SubjectKind::person;
  int seats = 0;
  std::optional<Share> share;  // instead of seats
  std::string clause;
};

struct Award {
  std::string id;
  LocalText title;
  std::string clause;
  bool is_check = false;  // a rule checked and reported, with nobody rewarded
  std::vector<SubjectKind> candidates;
  Parameter known_by;  // facts published after this day come too late
  Condition eligible;
  std::vector<Quota> quotas;
  std::string order_by;  // number fact; more is better. Empty: the jury orders
  Parameter tie_rule;    // at the last seat: "include" or "exclude"
  LocalText selected_by;
  // Facts that this award leads to; a condition that needs one of them closes a circle.
  std::vector<std::pair<std::string, std::string>> proposes;  // fact, clause
};

enum class DutyTrigger { points_lost, event, always };

struct ObligationSpec {
  std::string id;
  std::string clause;
  LocalText title;  // what is to be done
  DutyTrigger trigger = DutyTrigger::always;
  std::string trigger_fact;  // scores, or the events themselves
  Parameter year;            // of the trigger: as "year" of a condition
  std::string who;           // "head" or "responsible"
  Parameter due;             // a day; for events each entry's own
  Parameter weight;          // of regular reports in yearly grading
  std::string done_fact;     // event that shows it done, by criterion
};

struct RuleSet {
  std::string id;
  int version = 1;
  std::string hash;  // SHA-256 of the file, hexadecimal
  LocalText title;
  std::string issuer;
  std::string number;
  std::string date;
  LocalText based_on;
  LocalText note;
  std::map<std::string, FactSpec, std::less<>> facts;
  std::vector<ReadingSpec> readings;
  std::vector<Clause> clauses;
  std::vector<Award> awards;
  std::vector<ObligationSpec> obligations;
  // Facts that show a person was told of a negative word, and answered.
  std::string hearing_notice;
  std::string hearing_reply;

  const Clause* clause(std::string_view id) const;
  const ReadingSpec* reading(std::string_view name) const;
};

// Complains about shape and meaning at once: unknown facts, clauses, readings and words; a grade
// not on its ladder; a clause that no condition, duty or note takes up. With faults, the rule set
// returned is not to be used.
RuleSet read_rule_set(const std::string& file, std::string_view text, const Ladders& ladders,
                      Faults& faults);

// Readings that do not exist here or cannot take that value.
Faults check_readings(const RuleSet& rules, const Readings& readings);

}  // namespace khaosat::awards
