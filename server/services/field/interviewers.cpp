#include "server/services/field/interviewers.h"

#include <algorithm>
#include <map>

#include "server/services/field/field_service.h"

namespace khaosat {

Result<std::vector<Interviewer>> interviewers_of(Registry& registry, std::string_view campaign_id) {
  std::map<std::string, Interviewer> by_label;
  for (const auto& record : TRY(registry.records(kFieldCodeRecord, campaign_id))) {
    if (!TRY(registry.record(kFieldDeviceRecord, record.id))) continue;  // never taken up
    const FieldInvitation invitation = TRY(read_field_invitation(record.content));
    Interviewer& one = by_label[invitation.label];
    one.label = invitation.label;
    for (const auto& place : invitation.places) {
      if (std::find(one.places.begin(), one.places.end(), place) == one.places.end()) one.places.push_back(place);
    }
    const auto kept = TRY(registry.record(kFieldReportRecord, record.id));
    if (!kept) continue;
    const FieldTally tally = TRY(read_field_tally(kept->content));
    one.tally.done += tally.done;
    one.tally.refused += tally.refused;
    one.tally.gone += tally.gone;
    one.tally.not_reached += tally.not_reached;
    one.tally.replaced += tally.replaced;
    one.tally.attempts += tally.attempts;
  }
  std::vector<Interviewer> list;
  for (auto& [label, one] : by_label) list.push_back(std::move(one));
  return list;
}

}  // namespace khaosat
