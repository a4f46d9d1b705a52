#include "server/services/kiosk/kiosk_desk.h"

#include "server/security/tokens.h"

namespace khaosat {

KioskTicket KioskDesk::begin(const std::string& kiosk_id) {
  const Token token = make_token();
  const UnixSeconds now = clock_.now();
  Current current{token.digest, to_hex(random_bytes(16)), now, now, false, false};
  KioskTicket ticket{token.text, current.submission_id};
  const std::lock_guard lock(mutex_);
  current_.insert_or_assign(kiosk_id, std::move(current));
  return ticket;
}

Result<KioskTurn> KioskDesk::touch(std::string_view kiosk_id, std::string_view ticket, bool has_script) {
  const auto over = [] { return fail(ErrorCode::kiosk_session_over, "somebody else's turn, or too long without a touch"); };
  const auto digest = token_digest(ticket);
  const std::lock_guard lock(mutex_);
  const auto found = current_.find(kiosk_id);
  if (!digest || found == current_.end()) return over();
  Current& current = found->second;
  const UnixSeconds now = clock_.now();
  const UnixSeconds idle = current.has_script ? kKioskTicketSeconds : kKioskPlainPageSeconds;
  if (now - current.seen > idle || now - current.began > kKioskLongestSeconds) {
    current_.erase(found);
    return over();
  }
  if (!equal_constant_time(view_of(*digest), view_of(current.ticket))) return over();
  current.seen = now;
  current.has_script = current.has_script || has_script;
  return KioskTurn{current.submission_id, current.sent};
}

void KioskDesk::sent(std::string_view kiosk_id) {
  const std::lock_guard lock(mutex_);
  const auto found = current_.find(kiosk_id);
  if (found != current_.end()) found->second.sent = true;
}

bool KioskDesk::end(std::string_view kiosk_id) {
  const std::lock_guard lock(mutex_);
  const auto found = current_.find(kiosk_id);
  if (found == current_.end()) return false;
  current_.erase(found);
  return true;
}

}  // namespace khaosat
