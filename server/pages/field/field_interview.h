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
  int blanked = 0;  // answers that the version it was made with cannot read, taken as left empty
};

// Read by the version of the questionnaire that the device had, whatever was published since then.
// bad_request (does not open, another id inside), consent_missing, and the errors of SubmitResponse.
Result<TakenInterview> take_interview(const CitizenApp& citizen, FieldService& field, const std::string& campaign,
                                      const SentInterview& sent);

}  // namespace khaosat
