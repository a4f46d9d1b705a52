#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/strict_json.h"
#include "server/services/field/field_service.h"

namespace khaosat {

std::string to_json(const FieldInvitation& invitation) {
  std::string places;
  for (const auto& place : invitation.places) places += (places.empty() ? "" : ",") + json_quoted(place);
  return "{\"label\":" + json_quoted(invitation.label) + ",\"places\":[" + places + "],\"code\":" + json_quoted(invitation.code) +
         ",\"expires\":" + std::to_string(invitation.expires) + "}";
}

Result<FieldInvitation> read_field_invitation(std::string_view json) {
  constexpr int kDepth = 3;
  Faults faults;
  const auto document = parse_strict_json("field", json, kDepth, faults);
  if (!document || !document->is_object()) return fail(ErrorCode::definition_invalid, "an invitation's record is not readable", "field");
  FieldInvitation invitation;
  for (const auto& [key, value] : document->items()) {
    if (key == "label" && value.is_string()) invitation.label = value.get<std::string>();
    if (key == "code" && value.is_string()) invitation.code = value.get<std::string>();
    if (key == "expires" && value.is_number_integer()) invitation.expires = value.get<UnixSeconds>();
    if (key != "places" || !value.is_array()) continue;
    for (const auto& place : value) {
      if (place.is_string()) invitation.places.push_back(place.get<std::string>());
    }
  }
  if (invitation.code.empty() || invitation.places.empty()) return fail(ErrorCode::definition_invalid, "an invitation's record is not whole", "field");
  return invitation;
}

}  // namespace khaosat
