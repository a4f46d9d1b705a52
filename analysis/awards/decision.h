// The outcome of an evaluation: a proposal with all its reasons. People decide; this is what they
// decide on, and what a person excluded can contest.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/awards/fact.h"
#include "base/local_text.h"

namespace khaosat::awards {

// not_applicable marks a node that a reading or the kind of subject takes out of the tree; a
// candidate's own verdict is always one of the first three.
enum class Verdict { pass, fail, undetermined, not_applicable };
std::string_view name_of(Verdict verdict);
// đạt · không đạt · chưa đủ căn cứ · không áp dụng
LocalText words_of(Verdict verdict);

// Kleene's strong logic. Nodes that are not applicable drop out; nothing left is not_applicable.
Verdict all_of(const std::vector<Verdict>& parts);
Verdict any_of(const std::vector<Verdict>& parts);
Verdict not_of(Verdict verdict);

// A fact as it was used.
struct FactUse {
  Fact fact;
  std::string subject_name;
  LocalText title;  // of the fact, from the rule file
  std::string value;
};

// Its value for people: a number with a comma in Vietnamese, what else is known of it as it stands.
std::string shown_value(const FactUse& use, std::string_view language);

struct Missing {
  std::string fact;     // name; empty when what is missing is a reading
  std::string reading;  // name of a reading nobody has decided
  std::string subject;  // key
  std::string period;
  LocalText what;
  LocalText supplier;  // who can supply it
};

struct Reason {
  Verdict verdict = Verdict::undetermined;
  std::string clause;
  std::string predicate;
  LocalText condition;  // in words, from the rule file
  LocalText found;      // what was found, in words
  std::vector<FactUse> facts;
  std::vector<Missing> missing;
  std::vector<std::string> readings;  // names of the readings that decided here
  std::vector<Reason> children;
};

struct ReadingUse {
  std::string name;
  std::string value;
  std::string clause;
  bool is_default = true;
  std::string chosen_by;
  std::string chosen_on;
  LocalText title;
  LocalText meaning;
  LocalText ground;
};

// A negative word about a person calls for a notice and a chance to reply before the jury sits.
struct Hearing {
  bool needed = false;
  std::optional<FactUse> notice;
  std::optional<FactUse> reply;
};

struct CandidateDecision {
  std::string award;
  std::string subject;
  SubjectKind kind = SubjectKind::collective;
  std::string name;
  Verdict verdict = Verdict::undetermined;
  Reason reason;
  Hearing hearing;
};

struct Selection {
  std::string award;
  SubjectKind kind = SubjectKind::person;
  std::optional<int> seats;  // nothing: no limit, or not computable yet
  LocalText arithmetic;
  std::vector<std::string> eligible;      // keys, in the order proposed
  std::vector<std::string> proposed;
  std::vector<std::string> undetermined;
  std::vector<std::string> tied;          // those among whom the last seat is not decided
  bool jury_must_choose = false;
  std::vector<std::string> readings;
};

enum class DutyState { done, late, open, overdue, undetermined };
std::string_view name_of(DutyState state);
LocalText words_of(DutyState state);

struct Duty {
  std::string obligation;
  std::string clause;
  LocalText title;
  std::string body;       // key of the unit or collective it concerns
  std::string criterion;  // that lost points; empty otherwise
  std::optional<double> points_lost;
  std::vector<std::pair<std::string, std::string>> responsible;  // key, name
  std::string due;
  std::string done;
  std::string quality;
  DutyState state = DutyState::undetermined;
  LocalText found;
  std::vector<FactUse> facts;
  std::vector<Missing> missing;
};

// Regular reports of one body as a factor in yearly grading: counts, no judgement. The weight of the
// factor is a reading; empty while nobody has decided it.
struct ReportFactor {
  std::string weight;
  std::string body;
  std::string name;
  int due = 0;
  int on_time = 0;
  int late = 0;
  int missing = 0;
  int good = 0;
  int acceptable = 0;
  int poor = 0;
  int unmarked = 0;
};

struct ClauseNote {
  std::string clause;
  LocalText place;
  std::string quote;
  LocalText text;
  LocalText by_hand;
};

struct Decision {
  std::string rule_set;
  int rule_set_version = 1;
  std::string rule_set_hash;
  LocalText title;
  std::string issuer;
  std::string number;
  int year = 0;      // being rewarded
  std::string date;  // facts known by this day were used
  std::string facts_digest;
  std::string program;
  std::vector<ReadingUse> readings;
  std::vector<ClauseNote> clauses;
  std::vector<CandidateDecision> candidates;  // by award, then in order of the facts file
  std::vector<Selection> selections;
  std::vector<Duty> duties;
  std::vector<ReportFactor> reports;
  std::vector<LocalText> findings;  // circles, components nobody holds, units that changed
};

// Stable bytes: the same decision gives the same text.
std::string to_json(const Decision& decision);
// A row per candidate and clause; and what is missing, from whom.
std::string to_csv(const Decision& decision);
// The tree of reasons for people, in "vi" or "en".
std::string explain(const Decision& decision, std::string_view language);

}  // namespace khaosat::awards
