// Who went where, from what the registry keeps of devices: labels and places, and after closing the counts of
// visits. Never an answer, never one visit.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/services/field/field_sheet.h"
#include "server/storage/registry.h"

namespace khaosat {

struct Interviewer {
  std::string label;                // devices of one label are one interviewer or team
  std::vector<std::string> places;  // primary sampling units of enrolled devices, distinct
  FieldTally tally;                 // summed; all 0 until the closed campaign's sheets were finished
};

// By label.
Result<std::vector<Interviewer>> interviewers_of(Registry& registry, std::string_view campaign_id);

}  // namespace khaosat
