// Taking one person's answers: checked, sealed, on the disk, then a receipt. The hot path.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_keys.h"
#include "server/survey/answers.h"

namespace khaosat {

struct Submission {
  std::string submission_id;  // made by the client: 16 to 64 of [A-Za-z0-9_-]
  std::string slip_code;      // as typed; unused where admission is open
  std::string psu;            // where admission is open: the place chosen
  Mode mode = Mode::phone;
  std::string language = "vi";
  Answers answers;  // read and checked against the version below
  int version = 0;  // of the questionnaire that was answered; 0: the newest
};

struct Receipt {
  std::string code;       // "7QFK-2M9X"
  bool repeated = false;  // the same submission had been taken before
};

// A submission that passed every check, sealed; what is left is the disk.
struct SealedSubmission {
  std::string receipt;  // its code, to be told when the answer is stored
  std::shared_ptr<AnswerStore> answers;
  Arrival arrival;
};

// Thread safe.
class SubmitResponse {
 public:
  SubmitResponse(CampaignBook& book, const KeyFolder& keys, const Clock& clock)
      : book_(book), keys_(keys), clock_(clock) {}

  // bad_request (submission id), slip_refused (malformed, unknown, spent: one sentence for all),
  // submission_conflict, campaign_not_open, campaign_closed, unit_not_valid (unknown place),
  // storage_busy, storage_full, storage_failed: the client may send the same again.
  Result<Receipt> submit(std::string_view campaign_id, const Submission& submission);

  // The same in three steps, for whoever does not wait: seal() makes what accept_later() takes, and
  // receipt() says what its outcome means. Each gives some of the errors of submit().
  Result<SealedSubmission> seal(std::string_view campaign_id, const Submission& submission);
  static Result<Receipt> receipt(const Result<ArrivalOutcome>& outcome, std::string code, std::string_view campaign_id);

  // Forgets cached keys; to be called when a campaign closes.
  void forget(std::string_view campaign_id);

 private:
  Result<std::shared_ptr<const CampaignKeys>> keys_of(std::string_view campaign_id);

  CampaignBook& book_;
  const KeyFolder& keys_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const CampaignKeys>, std::less<>> cached_keys_;
};

}  // namespace khaosat
