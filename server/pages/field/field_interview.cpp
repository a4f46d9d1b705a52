#include "server/pages/field/field_interview.h"

#include "base/bytes.h"
#include "server/pages/answering.h"
#include "server/services/field/field_service.h"

namespace khaosat {

Result<TakenInterview> take_interview(const CitizenApp& citizen, FieldService& field, const std::string& campaign,
                                      const SentInterview& sent) {
  const auto entry = TRY(citizen.book.find(campaign));
  // Before anything is opened: a closed campaign has no key any more.
  TRY_VOID(check_takes_answers(entry->campaign, vietnam_date(citizen.clock.now())));
  std::string text = sent.plain;
  if (!sent.sealed.empty()) {
    const auto bytes = from_hex(sent.sealed);
    if (!bytes) return fail(ErrorCode::bad_request, "not hexadecimal", "sealed");
    text = TRY(field.open(campaign, *bytes));
  }
  const FormData form = TRY(parse_json_form(text, FormLimits{5000, 200, 64 << 10}));
  if (form.one(khaosat::field::kSubmission) != sent.id) return fail(ErrorCode::bad_request, "another id inside", khaosat::field::kSubmission);
  Answering answering = continue_answering(entry, "vi", form);
  if (!answering.consented) return fail(ErrorCode::consent_missing, "consent is missing", khaosat::field::kConsent);
  const std::string slip = sent.slip.empty() ? answering.slip : sent.slip;
  auto receipt = TRY(citizen.submit.submit(campaign, Submission{answering.submission_id, slip, answering.place, Mode::interviewer,
                                                                answering.language, answering.read.answers,
                                                                answering.questionnaire().identity.version}));
  return TakenInterview{std::move(receipt), static_cast<int>(answering.read.faults.size())};
}

}  // namespace khaosat
