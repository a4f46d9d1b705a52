#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/strict_json.h"
#include "server/services/kiosk/kiosk_device.h"

namespace khaosat {

namespace {

constexpr int kDepth = 2;

tl::unexpected<Error> unreadable() { return fail(ErrorCode::definition_invalid, "a kiosk's record is not readable", "kiosk"); }

std::string text_of(const nlohmann::json& document, const char* key) {
  const auto found = document.find(key);
  return found != document.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string to_json(const KioskInvitation& invitation) {
  return "{\"place\":" + json_quoted(invitation.place) + ",\"code\":" + json_quoted(invitation.code) +
         ",\"pin\":" + json_quoted(invitation.pin) + ",\"expires\":" + std::to_string(invitation.expires) + "}";
}

Result<KioskInvitation> read_kiosk_invitation(std::string_view json) {
  Faults faults;
  const auto document = parse_strict_json("kiosk", json, kDepth, faults);
  if (!document || !document->is_object()) return unreadable();
  KioskInvitation invitation{text_of(*document, "place"), text_of(*document, "code"), text_of(*document, "pin"), 0};
  const auto expires = document->find("expires");
  if (invitation.place.empty() || invitation.code.empty() || invitation.pin.empty() || expires == document->end() ||
      !expires->is_number_integer()) {
    return unreadable();
  }
  invitation.expires = expires->get<UnixSeconds>();
  return invitation;
}

std::string kiosk_token_json(const std::string& token_digest) { return "{\"token\":" + json_quoted(token_digest) + "}"; }

Result<std::string> read_kiosk_token(std::string_view json) {
  Faults faults;
  const auto document = parse_strict_json("kiosk", json, kDepth, faults);
  if (!document || !document->is_object() || text_of(*document, "token").empty()) return unreadable();
  return text_of(*document, "token");
}

}  // namespace khaosat
