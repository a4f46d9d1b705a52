// Tablets as kiosks: invited by a member of staff, enrolled with a one-time code, recognised by a token of
// which only the digest is stored, left with a PIN, revoked. Thread safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "server/services/campaign_book.h"
#include "server/services/kiosk/kiosk_device.h"
#include "server/storage/store.h"

namespace khaosat {

inline constexpr UnixSeconds kKioskCodeSeconds = 15 * 60;
inline constexpr std::size_t kKioskPinDigits = 6;
// Wrong PINs in a row that cost no waiting.
inline constexpr int kKioskFreePins = 3;

// Shown to the member of staff once; neither can be read back.
struct NewKiosk {
  std::string code;  // "7QFK-2M9X-C0HT-5R8W"
  std::string pin;   // six digits
  UnixSeconds expires = 0;
};

struct Kiosk {
  std::string id;  // 20 hex digits
  std::string campaign;
  std::string place;  // primary sampling unit
};

enum class KioskState { invited, expired, enrolled, revoked };
struct KioskLine {
  Kiosk kiosk;
  KioskState state = KioskState::invited;
  UnixSeconds created = 0;
  std::string author;  // who made the code
};

class KioskService {
 public:
  KioskService(Store& store, CampaignBook& book, const Clock& clock) : store_(store), book_(book), clock_(clock) {}

  // campaign_wrong_state (not open, or not for citizens), unit_not_valid, kiosk_unequal_effort (a mark
  // opens questions; `where` names the first), not_found.
  Result<NewKiosk> invite(std::string_view campaign_id, std::string_view place, const std::string& actor);
  // The token for the tablet's cookie. kiosk_code_refused: unknown, spent and too old sound the same.
  Result<std::string> enrol(std::string_view typed_code);
  // kiosk_not_enrolled: no such token, or revoked.
  Result<Kiosk> find(std::string_view token);
  // The tablet stops being a kiosk. kiosk_pin_refused; kiosk_pin_throttled after kKioskFreePins wrong
  // ones in a row, for a time that doubles up to 15 minutes.
  Result<void> leave(const Kiosk& kiosk, std::string_view pin);
  // By staff, at any time; a code not yet used dies with it. Twice is once. not_found.
  Result<void> revoke(std::string_view campaign_id, std::string_view kiosk_id, const std::string& actor);
  // Newest first.
  Result<std::vector<KioskLine>> of_campaign(std::string_view campaign_id);

 private:
  struct Failures {
    int count = 0;
    UnixSeconds wait_until = 0;
  };
  Result<void> end(const Kiosk& kiosk, const std::string& action, const std::string& actor);

  Store& store_;
  CampaignBook& book_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Failures, std::less<>> failures_;
};

}  // namespace khaosat
