#include "server/pages/field/rescued_file.h"

#include "base/bytes.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

Result<void> take_outcomes(FieldService& field, const FieldDevice& device, const RescuedFile& file) {
  std::string outcomes = file.outcomes_plain;
  if (!file.outcomes_sealed.empty()) {
    const auto bytes = from_hex(file.outcomes_sealed);
    if (!bytes) return fail(ErrorCode::bad_request, "not hexadecimal", "outcomes");
    outcomes = TRY(field.open(device.campaign, *bytes));
  }
  if (outcomes.empty()) return {};
  const FieldReport report = TRY(read_field_report(outcomes));
  TRY(field.report(device, report));
  return {};
}

}  // namespace

Result<RescueCount> take_rescued(const CitizenApp& citizen, FieldService& field, const std::string& campaign, const RescuedFile& file) {
  if (file.campaign != campaign) return fail(ErrorCode::not_found, "the file belongs to another survey", "rescue_file");
  const FieldDevice device = TRY(field.device(campaign, file.device));
  RescueCount count;
  for (const auto& interview : file.interviews) {
    const auto taken = take_interview(citizen, field, campaign, interview);
    if (taken) ++(taken->receipt.repeated ? count.repeated : count.fresh);
    else ++count.refused[taken.error().code];
  }
  if (const auto taken = take_outcomes(field, device, file); !taken) ++count.refused[taken.error().code];
  return count;
}

}  // namespace khaosat
