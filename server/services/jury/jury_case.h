// What follows an evaluation, as it stands: who was told, who replied, how the jury voted, what was
// decided. Values; thread safe. No name of a person is kept here, only keys of the register of facts.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/awards/decision.h"
#include "analysis/awards/rule_set.h"
#include "base/clock.h"

namespace khaosat {

// How this jury works. No text of law was readable that fixes these figures, so the office writes them
// down and on what ground.
struct JuryTerms {
  int reply_days = 5;       // working days that a person told has to reply
  int needed_percent = 51;  // of the base, that a candidate needs in votes for it
  std::string base = "members";  // "members" who may vote on the candidate, or votes "cast"
  std::vector<std::string> members;  // accounts
  std::string source;  // regulation or minutes that say so
};

struct JuryNotice {
  std::string id;
  std::string person;  // key
  std::string number;  // of the paper
  std::string day;
  std::string due;  // last day of the time to reply
  bool due_is_sure = true;  // false: the table of holidays does not cover that year
  std::string author;
};

struct JuryReply {
  std::string id;
  std::string notice;
  std::string day;            // received
  std::int64_t entry = 0;     // of the register of facts, whose note is the reply: it can be removed there
  bool by_person = false;     // with the reading code; otherwise an officer entered a paper
  std::string author;
};

enum class Voice { yes, no, abstain };
std::string_view name_of(Voice voice);
std::optional<Voice> voice_named(std::string_view name);

struct JuryVote {
  std::string account;
  std::string award;
  std::string subject;
  Voice voice = Voice::abstain;
};

struct JuryConflict {
  std::string account;
  std::string subject;
  std::string reason;
};

struct JuryResult {
  std::string award;
  std::string subject;
  bool awarded = false;
  std::string grounds;      // where it departs from the proposal or from the vote
  std::string achievement;  // what is rewarded …
  int counted_year = 0;     // … and of which year: nobody is rewarded for it again
};

struct JuryRuling {
  std::string day;
  std::string number;
  std::string decided_by;  // name and office of the person who signs
  std::vector<JuryResult> results;
  std::string author;
};

struct JuryCase {
  std::string id;  // that of the kept decision it rests on
  std::string rule_set;
  std::string unit;
  int year = 0;
  std::string opened;  // day
  std::string author;
  JuryTerms terms;
  std::vector<JuryNotice> notices;      // oldest first
  std::vector<JuryReply> replies;       // oldest first
  std::vector<JuryConflict> conflicts;
  std::vector<JuryVote> votes;  // of each account the last on each candidate; none of those in conflict
  std::string closed;  // day on which voting ended; empty: it has not
  std::string closed_by;
  std::optional<JuryRuling> ruling;

  bool is_member(const std::string& account) const;
  bool in_conflict(const std::string& account, const std::string& subject) const;
  const JuryNotice* notice_to(const std::string& person) const;  // the latest
};

// One negative word about a person: a clause it fails, or a duty after points were lost.
struct NegativeWord {
  const awards::CandidateDecision* candidate = nullptr;
  const awards::Reason* reason = nullptr;  // the leaf that says so
  const awards::Duty* duty = nullptr;      // instead
};

enum class HearingState { not_told, running, time_over, replied };

struct PersonHeard {
  std::string person;
  std::string name;
  std::vector<NegativeWord> words;
  const JuryNotice* notice = nullptr;
  std::vector<const JuryReply*> replies;
  HearingState state = HearingState::not_told;
};

// Everybody about whom the decision says something negative. Pointers into both, which must outlive it.
std::vector<PersonHeard> people_to_hear(const awards::Decision& decision, const std::vector<std::string>& persons, const JuryCase& the_case,
                                        const std::string& today);
// Leaves that fail and make the whole fail.
std::vector<const awards::Reason*> failing_leaves(const awards::Reason& root);

struct Tally {
  int yes = 0;
  int no = 0;
  int abstain = 0;
  int in_conflict = 0;
  int silent = 0;  // members who may vote and have not
  int base = 0;
  int needed = 0;  // ceil(needed_percent × base / 100), at least 1
  bool carried = false;
};
Tally tally(const JuryCase& the_case, const std::string& award, const std::string& subject);

// What the award is given for, and the year that counts, as its conditions say.
struct Rewarded {
  std::string achievement;
  int year = 0;
};
Rewarded rewarded_by(const awards::Award& award, const awards::Decision& decision);

}  // namespace khaosat
