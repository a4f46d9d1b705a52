// The file a device writes when it cannot send: {"khaosat":"field-rescue/1","campaign":…,"device":…,
// "answers":[{"_id":…,"sealed":…}],"outcomes":{"sealed":…}}; "plain" in place of "sealed" where the browser
// could not seal.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/pages/field/field_interview.h"

namespace khaosat {

struct RescuedFile {
  std::string campaign;
  std::string device;
  std::vector<SentInterview> interviews;
  std::string outcomes_sealed;  // hex
  std::string outcomes_plain;
};

// bad_json, wrong_type (not such a file), too_large.
Result<RescuedFile> read_rescued_file(std::string_view json);

struct RescueCount {
  int fresh = 0;
  int repeated = 0;                     // had come before
  std::map<ErrorCode, int> refused;     // interviews, and the outcomes as one
};
// not_found: of another campaign or an unknown device. What a revoked device kept is taken too.
Result<RescueCount> take_rescued(const CitizenApp& citizen, FieldService& field, const std::string& campaign, const RescuedFile& file);

}  // namespace khaosat
