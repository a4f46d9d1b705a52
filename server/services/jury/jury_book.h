// The office's juries: a case per kept decision, notices to persons with their time to reply, replies,
// votes, conflicts of interest, the decision of a person. Every act is a record that is never changed and
// an entry of the journal; how a case stands is reckoned from them. Thread safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/catalog/catalog.h"
#include "server/services/facts/decision_origin.h"
#include "server/services/facts/fact_register.h"
#include "server/services/jury/jury_case.h"
#include "server/storage/store.h"

namespace khaosat {

// A case with the decision it rests on, come to again. Moves keep pointers into the decision valid.
struct OpenedCase {
  JuryCase jury;
  Record record;  // kind "decision"
  std::unique_ptr<RebuiltDecision> rebuilt;

  const awards::Decision& decision() const { return rebuilt->decision; }
  const awards::RuleSet& rules() const { return *rebuilt->rules; }
  const awards::CandidateDecision* candidate(std::string_view award, std::string_view subject) const;
  // Candidates of awards; rules that are only checked reward nobody.
  std::vector<const awards::CandidateDecision*> to_vote_on() const;
  std::vector<PersonHeard> hearings(const std::string& today) const;
};

struct GivenNotice {
  JuryNotice notice;
  std::string code;  // for reading one's own record; shown once, only its digest is kept
};

// What a reading code opens.
struct OwnRecord {
  std::string case_id;
  JuryNotice notice;
};

class JuryBook {
 public:
  JuryBook(Store& store, const Catalog& catalog, FactRegister& facts, const Clock& clock)
      : store_(store), catalog_(catalog), facts_(facts), clock_(clock) {}

  Result<std::vector<JuryCase>> cases();       // newest first
  Result<JuryCase> find(const std::string& id);  // not_found
  Result<OpenedCase> open_case(const std::string& id);  // with the decision; errors of rebuild_decision()

  // not_found: no such decision. jury_wrong_state: its facts came with the form, so that nobody could read
  // or correct his own. already_exists. missing_field: nobody votes, or no source for other terms than the
  // default. too_long: see the .cpp. out_of_range, unknown_option: terms.
  Result<void> begin(const std::string& decision_id, JuryTerms terms, const std::string& author);

  // Tells a person what is said; the time to reply runs from today. Writes the fact "notice_to_person".
  // not_found: nothing negative is said about this person. already_exists: told before.
  Result<GivenNotice> give_notice(const std::string& id, const std::string& person, const std::string& number, const std::string& author);
  // A new reading code in place of the earlier ones, which no longer open anything.
  Result<std::string> new_code(const std::string& id, const std::string& notice, const std::string& author);
  // not_found for a code that is wrong, replaced or past its time; never says which.
  Result<OwnRecord> read_code(std::string_view code);

  // Recorded until the decision, also after the time to reply: lateness is seen from the day. An empty
  // author means the person itself. missing_field, too_long (4000 letters), out_of_range (day),
  // jury_wrong_state (decided).
  Result<void> reply(const std::string& id, const std::string& notice, const std::string& text, std::string day, const std::string& author);

  // The first refusal that keeps the jury from voting: jury_wrong_state (somebody was not told yet, voting
  // is over, the decision cannot be rebuilt), reply_time_running.
  Result<void> may_sit(const OpenedCase& opened) const;
  // A member declares an interest; its votes on that subject no longer count. not_allowed, missing_field,
  // not_found, already_exists.
  Result<void> declare_conflict(const std::string& id, const std::string& subject, const std::string& reason, const std::string& account);
  // All or none; a later vote takes the place of an earlier one. not_allowed (no member), jury_conflict,
  // not_found, refusals of may_sit().
  Result<void> vote(const std::string& id, const std::vector<JuryVote>& votes, const std::string& account);
  // jury_wrong_state when nobody has voted, or it was closed before.
  Result<void> close(const std::string& id, const std::string& author);

  // Recorded for the person who decides; see rules of refusal in the .cpp. Writes "award_received" for
  // everybody rewarded. jury_wrong_state (not closed, or decided), missing_field, out_of_range (day),
  // grounds_missing, quota_exceeded, rewarded_twice; `where` names award and subject.
  Result<void> decide(const std::string& id, JuryRuling ruling, const std::string& author);
  // Whether the subject is among those proposed, after the jury's choice where the rules leave it one.
  static bool is_proposed(const OpenedCase& opened, const awards::CandidateDecision& candidate);

 private:
  Result<void> keep(const char* kind, const std::string& id, const std::string& subject, const std::string& content, const std::string& author);
  Result<JuryCase> case_from(const Record& record);
  Result<std::string> make_code(const std::string& id, const JuryNotice& notice, const std::string& author);
  Result<void> check_twice(const OpenedCase& opened, const JuryResult& result, const awards::FactBook& known);
  Result<void> check_seats(const OpenedCase& opened, const JuryRuling& ruling);
  Result<void> write_fact(FactCells cells, const std::string& author, std::int64_t* number = nullptr);

  Store& store_;
  const Catalog& catalog_;
  FactRegister& facts_;
  const Clock& clock_;
  std::mutex mutex_;  // one act after the other: what is checked still holds when it is written
};

}  // namespace khaosat
