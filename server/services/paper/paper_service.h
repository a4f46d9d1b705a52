// Paper forms: handed out, keyed by one person or blindly by two, settled by a third, sent through the
// same door as every answer. Killed anywhere, each form still counts once: the submission id follows
// from the form's number and the campaign's secret, so sending again is recognised. Thread safe.
#pragma once

#include <array>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_keys.h"
#include "server/services/paper/keyed_form.h"
#include "server/services/submit_response.h"

namespace khaosat {

struct PaperTotals {
  PaperBatch batch;
  std::array<int, 8> by_state{};  // PaperState → forms; their sum is batch.forms

  int of(PaperState state) const { return by_state[static_cast<std::size_t>(state)]; }
  // Not entered and not accounted for.
  int open() const;
};

enum class PaperTurn { first, second };

enum class PaperOutcome {
  waits_for_second,   // stored; somebody else keys it too
  waits_for_third,    // two entries differ
  sent,
  slip_refused,       // settled, but its slip is unknown or spent; waits for an officer
  waits_to_be_sent,   // settled, not sent for now (disk); sent later by itself
};

struct PaperCase {
  int form = 0;
  KeyedForm first;
  KeyedForm second;
  std::vector<PaperDifference> different;
};

class PaperService {
 public:
  PaperService(Store& store, CampaignBook& book, SubmitResponse& submit, const KeyFolder& keys, const Clock& clock)
      : store_(store), book_(book), submit_(submit), keys_(keys), clock_(clock) {}

  // 1 to 200 forms for one place. campaign_wrong_state (closed), unit_not_valid, out_of_range,
  // too_many_forms: where slips admit, a place never has more forms out than slips.
  Result<PaperBatch> hand_out(std::string_view campaign_id, PaperBatch batch, const std::string& actor);
  // Percent keyed twice. campaign_wrong_state once anything was keyed: nobody chooses afterwards.
  Result<void> set_second_share(std::string_view campaign_id, int percent, const std::string& actor);
  Result<int> second_share(std::string_view campaign_id);
  Result<std::vector<PaperTotals>> totals(std::string_view campaign_id);
  Result<std::vector<PaperForm>> forms(std::string_view campaign_id);
  Result<std::vector<ClerkTally>> tallies(std::string_view campaign_id);

  // Whether this person may key the form now. serial_wrong, form_accounted, same_clerk.
  Result<PaperTurn> turn(std::string_view campaign_id, int form, const std::string& clerk);
  Result<PaperBatch> batch_of(std::string_view campaign_id, int form);
  // As turn(); campaign_not_open, campaign_closed; slip_refused for a code that cannot be one.
  Result<PaperOutcome> enter(std::string_view campaign_id, int form, KeyedForm keyed, const std::string& clerk);

  // Both entries, for somebody who keyed neither (or not the first, if nobody else could).
  // form_accounted, same_clerk.
  Result<PaperCase> open_case(std::string_view campaign_id, int form, const std::string& actor);
  Result<PaperOutcome> adjudicate(std::string_view campaign_id, int form, KeyedForm settled, const std::string& actor);

  // What became of forms that are not entered: returned_blank, spoiled, missing, or handed_out again.
  // All or none. form_accounted, bad_request (another state).
  Result<void> account_for(std::string_view campaign_id, const std::vector<int>& forms, PaperState fate, const std::string& actor);

  // Sends what is settled and waits; how many went. For every open campaign, from time to time.
  Result<int> send_waiting();

 private:
  struct Desk;
  Result<Desk> desk(std::string_view campaign_id);
  Result<Desk> desk_of_form(std::string_view campaign_id, int form);
  Result<PaperForm> form_of(const Desk& desk, int form);
  Result<KeyedForm> opened(const Desk& desk, int form, const PaperEntry& entry);
  Result<PaperEntry> sealed(const Desk& desk, int form, const KeyedForm& keyed, const std::string& clerk);
  Result<PaperOutcome> settle(const Desk& desk, int form, PaperState from, const KeyedForm& keyed, const std::string& clerk,
                              std::vector<ClerkTally> tallies);
  Result<PaperOutcome> send(const Desk& desk, int form);
  Result<void> check_adjudicator(const PaperForm& form, const std::string& actor);
  Result<void> journal(const std::string& actor, std::string action, std::string_view subject, std::string detail);

  Store& store_;
  CampaignBook& book_;
  SubmitResponse& submit_;
  const KeyFolder& keys_;
  const Clock& clock_;
  std::mutex sending_;
};

// Forms that no answer was made of yet, though somebody keyed them; and those still handed out.
struct PaperOpen {
  int keyed = 0;  // wait for a second person, for a decision, or to be sent
  int out = 0;
};
Result<PaperOpen> paper_open(Store& store, std::string_view campaign_id);

// Handed out, entered, blank, spoiled, missing by place; error rates by clerk: what is kept of the
// paper when a campaign closes. Nothing when no form was ever handed out.
Result<std::optional<std::string>> paper_report_json(Store& store, std::string_view campaign_id);

}  // namespace khaosat
