#include "server/services/submit_response.h"

#include <algorithm>

#include "server/services/slip_code.h"
#include "server/survey/packed.h"

namespace khaosat {

namespace {

bool is_submission_id(std::string_view id) {
  if (id.size() < 16 || id.size() > 64) return false;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '_') return false;
  }
  return true;
}

Result<Cell> cell_of_place(const Campaign& campaign, std::string_view psu_id) {
  const auto* psu = campaign.psu(psu_id);
  const auto* stratum = psu ? campaign.stratum(psu->stratum) : nullptr;
  if (!stratum) return fail(ErrorCode::unit_not_valid, "the campaign has no such place", std::string(psu_id));
  return Cell{stratum->unit, stratum->id, psu->id};
}

}  // namespace

Result<std::shared_ptr<const CampaignKeys>> SubmitResponse::keys_of(std::string_view campaign_id) {
  const std::lock_guard lock(mutex_);
  const auto found = cached_keys_.find(campaign_id);
  if (found != cached_keys_.end()) return found->second;
  auto keys = std::make_shared<const CampaignKeys>(TRY(keys_.campaign(campaign_id)));
  cached_keys_.emplace(campaign_id, keys);
  return keys;
}

void SubmitResponse::forget(std::string_view campaign_id) {
  const std::lock_guard lock(mutex_);
  const auto found = cached_keys_.find(campaign_id);
  if (found != cached_keys_.end()) cached_keys_.erase(found);
}

Result<Receipt> SubmitResponse::submit(std::string_view campaign_id, const Submission& submission) {
  auto sealed = TRY(seal(campaign_id, submission));
  return receipt(sealed.answers->accept(std::move(sealed.arrival)), std::move(sealed.receipt), campaign_id);
}

Result<SealedSubmission> SubmitResponse::seal(std::string_view campaign_id, const Submission& submission) {
  const auto entry = as_of_version(TRY(book_.find(campaign_id)), submission.version);
  const Campaign& campaign = entry->campaign;
  std::string date = vietnam_date(clock_.now());
  // Paper was filled in before the last day; it is keyed until somebody closes the campaign.
  if (submission.mode == Mode::paper && !campaign.closes_on.empty()) date = std::min(date, campaign.closes_on);
  TRY_VOID(check_takes_answers(campaign, date));
  if (!is_submission_id(submission.submission_id)) {
    return fail(ErrorCode::bad_request, "the submission id must be 16 to 64 of A-Z a-z 0-9 - _", "submission_id");
  }
  const auto keys = TRY(keys_of(campaign_id));

  Arrival arrival;
  std::string place = submission.psu;
  if (campaign.admission == Admission::slips) {
    const auto code = read_slip_code(submission.slip_code);
    // The same words as for a spent one: whoever guesses learns nothing.
    if (!code) return fail(ErrorCode::slip_refused, "the slip code is not accepted", "slip");
    arrival.slip = keys->slip(*code);
    place = *code;
  } else {
    arrival.cell = TRY(cell_of_place(campaign, submission.psu));
  }
  Response response;
  response.questionnaire_version = campaign.questionnaire.version;
  response.mode = submission.mode;
  response.language = submission.language;
  response.packed = pack(*entry->questionnaire, submission.answers);
  arrival.sealed = keys->seal_response(response, entry->sealed_size);
  arrival.submission = keys->submission(submission.submission_id);
  arrival.content = keys->content(submission.submission_id,
                                  place + "\n" + canonical_text(*entry->questionnaire, submission.answers));
  return SealedSubmission{keys->receipt(submission.submission_id), entry->answers, std::move(arrival)};
}

Result<Receipt> SubmitResponse::receipt(const Result<ArrivalOutcome>& outcome, std::string code, std::string_view campaign_id) {
  if (!outcome) return fail(outcome.error());
  switch (*outcome) {
    case ArrivalOutcome::accepted:
      return Receipt{std::move(code), false};
    case ArrivalOutcome::repeated:
      return Receipt{std::move(code), true};
    case ArrivalOutcome::conflict:
      return fail(ErrorCode::submission_conflict, "this submission id came before with other content");
    case ArrivalOutcome::slip_refused:
      return fail(ErrorCode::slip_refused, "the slip code is not accepted", "slip");
    case ArrivalOutcome::closed:
      break;
  }
  return fail(ErrorCode::campaign_closed, "this campaign takes no more answers", std::string(campaign_id));
}

}  // namespace khaosat
