// One interview as a device or a rescued file brings it.
#pragma once

#include <string>
#include <string_view>

#include "server/pages/field/field_frame.h"
#include "server/services/submit_response.h"

namespace khaosat {

struct SentInterview {
  std::string id;      // submission id, made by the device
  std::string sealed;  // hex; or
  std::string plain;   // JSON, where the browser could not seal
  std::string slip;    // in place of the one inside, if that was mistyped
};

struct TakenInterview {
  Receipt receipt;
  int blanked = 0;  // answers that this version of the questionnaire cannot read, taken as left empty
};

// A version of the questionnaire published since then takes what it knows: ids never change their meaning.
// bad_request (does not open, another id inside), consent_missing, and the errors of SubmitResponse.
Result<TakenInterview> take_interview(const CitizenApp& citizen, FieldService& field, const std::string& campaign,
                                      const SentInterview& sent);

}  // namespace khaosat
