// A tablet that stands at a place for everybody to answer on, as the registry keeps it: records that are
// written once. Nothing here is ever written beside an answer.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace khaosat {

// Record kinds; the subject of each is the campaign.
inline constexpr std::string_view kKioskCodeRecord = "kiosk_code";        // an invitation, id = device id
inline constexpr std::string_view kKioskDeviceRecord = "kiosk_device";    // the tablet that took it up
inline constexpr std::string_view kKioskRevokedRecord = "kiosk_revoked";  // it is no kiosk any more

// What a member of staff decided when making the code.
struct KioskInvitation {
  std::string place;     // id of a primary sampling unit of the campaign
  std::string code;      // hex SHA-256 of the one-time code
  std::string pin;       // password hash of the PIN with which the kiosk is left
  UnixSeconds expires = 0;
};

std::string to_json(const KioskInvitation& invitation);
// definition_invalid when the text is not what to_json() wrote.
Result<KioskInvitation> read_kiosk_invitation(std::string_view json);

// {"token": hex SHA-256 of the tablet's token}
std::string kiosk_token_json(const std::string& token_digest);
Result<std::string> read_kiosk_token(std::string_view json);

}  // namespace khaosat
