// Who is answering on which kiosk now: one short-lived ticket per tablet, in memory only. Beginning anew
// ends the one before, so no page of an earlier person does anything any more. Thread safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

namespace khaosat {

// The screen warns after 60 s without a touch and discards after 30 s more; the server gives up a
// little later, in case the tablet is gone.
inline constexpr UnixSeconds kKioskIdleSeconds = 60;
inline constexpr UnixSeconds kKioskWarningSeconds = 30;
inline constexpr UnixSeconds kKioskTicketSeconds = kKioskIdleSeconds + kKioskWarningSeconds + 30;
// Without JavaScript nothing tells reading from having gone, so a page may be read for longer.
inline constexpr UnixSeconds kKioskPlainPageSeconds = 300;
// Nobody needs longer for a whole form.
inline constexpr UnixSeconds kKioskLongestSeconds = 60 * 60;

// What a valid ticket says.
struct KioskTurn {
  std::string submission_id;  // one ticket, one answer
  bool sent = false;          // the answer was taken; only the same sending may come again
};

struct KioskTicket {
  std::string text;           // for the form; the desk keeps its digest
  std::string submission_id;
};

class KioskDesk {
 public:
  explicit KioskDesk(const Clock& clock) : clock_(clock) {}

  KioskTicket begin(const std::string& kiosk_id);
  // Shows that somebody is there. kiosk_session_over if the ticket is not the last
  // one of this kiosk, or too old. `has_script`: the page has its own clock and says so.
  Result<KioskTurn> touch(std::string_view kiosk_id, std::string_view ticket, bool has_script = false);
  // The answer was taken: nothing of it is shown any more, but its sending may be repeated, in case the
  // receipt got lost on the way.
  void sent(std::string_view kiosk_id);
  // True if there was a ticket.
  bool end(std::string_view kiosk_id);

 private:
  struct Current {
    Digest ticket{};
    std::string submission_id;
    UnixSeconds began = 0;
    UnixSeconds seen = 0;
    bool has_script = false;
    bool sent = false;
  };
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Current, std::less<>> current_;  // by kiosk id: as many as tablets
};

}  // namespace khaosat
