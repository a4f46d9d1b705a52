#include "server/services/kiosk/kiosk_service.h"

#include <algorithm>

#include "base/bytes.h"
#include "server/security/password_hash.h"
#include "server/security/tokens.h"
#include "server/survey/equal_effort.h"

namespace khaosat {

namespace {

constexpr std::size_t kIdDigits = 20;
constexpr UnixSeconds kFirstWait = 30;
constexpr UnixSeconds kLongestWait = 15 * 60;
// Trying a million PINs needs memory that a guesser cannot bring along; six digits need no more.
constexpr PasswordCost kPinCost{14, 8, 1};

std::string hex_of(const Digest& digest) { return to_hex(view_of(digest)); }
std::string id_of(const Digest& code) { return hex_of(code).substr(0, kIdDigits); }

std::string random_digits(std::size_t count) {
  std::string digits;
  while (digits.size() < count) {
    for (const char byte : random_bytes(count)) {
      const auto value = static_cast<unsigned char>(byte);
      // 250 is the largest multiple of ten below 256: every digit is equally likely.
      if (value < 250 && digits.size() < count) digits += static_cast<char>('0' + value % 10);
    }
  }
  return digits;
}

Record record_of(std::string_view kind, const Kiosk& kiosk, std::string content, UnixSeconds now, const std::string& author) {
  Record record{std::string(kind), kiosk.id, kiosk.campaign, std::move(content), "", now, author};
  record.hash = to_hex(view_of(sha256(record.content)));
  return record;
}

}  // namespace

Result<NewKiosk> KioskService::invite(std::string_view campaign_id, std::string_view place, const std::string& actor) {
  const auto entry = TRY(book_.find(campaign_id));
  const Campaign& campaign = entry->campaign;
  if (campaign.state != CampaignState::open || campaign.audience != Audience::citizen) {
    return fail(ErrorCode::campaign_wrong_state, "a kiosk belongs to an open survey of citizens", campaign.id);
  }
  if (!campaign.psu(place)) return fail(ErrorCode::unit_not_valid, "the campaign has no such place", "place");
  if (const auto opened = opened_by_marks(*entry->questionnaire); !opened.empty()) {
    return fail(ErrorCode::kiosk_unequal_effort, "asked depending on a mark", opened.front());
  }
  const Token code = make_one_time_code();
  const NewKiosk made{code.text, random_digits(kKioskPinDigits), clock_.now() + kKioskCodeSeconds};
  const Kiosk kiosk{id_of(code.digest), campaign.id, std::string(place)};
  const KioskInvitation invitation{kiosk.place, hex_of(code.digest), hash_password(made.pin, kPinCost), made.expires};
  TRY_VOID(store_.registry().add_record(record_of(kKioskCodeRecord, kiosk, to_json(invitation), clock_.now(), actor)));
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), actor, "kiosk.invite", kiosk.id, campaign.id + "/" + kiosk.place, ""}));
  return made;
}

Result<std::string> KioskService::enrol(std::string_view typed_code) {
  const auto refused = [] { return fail(ErrorCode::kiosk_code_refused, "unknown, spent or older than 15 minutes"); };
  const auto digest = one_time_code_digest(typed_code);
  if (!digest) return refused();
  const std::string id = id_of(*digest);
  const auto record = TRY(store_.registry().record(kKioskCodeRecord, id));
  if (!record) return refused();
  const KioskInvitation invitation = TRY(read_kiosk_invitation(record->content));
  const bool right = equal_constant_time(invitation.code, hex_of(*digest));
  if (!right || clock_.now() >= invitation.expires || TRY(store_.registry().record(kKioskRevokedRecord, id))) return refused();
  const Token token = make_token();
  const Kiosk kiosk{id, record->subject, invitation.place};
  // The record's name is the code's: of two tablets with one code the registry takes one.
  const auto added = store_.registry().add_record(
      record_of(kKioskDeviceRecord, kiosk, kiosk_token_json(hex_of(token.digest)), clock_.now(), record->author));
  if (!added) return added.error().code == ErrorCode::already_exists ? refused() : tl::unexpected<Error>(added.error());
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), "", "kiosk.enrol", id, kiosk.campaign + "/" + kiosk.place, ""}));
  return id + "." + token.text;
}

Result<Kiosk> KioskService::find(std::string_view token) {
  const auto refused = [] { return fail(ErrorCode::kiosk_not_enrolled, "this device is no kiosk"); };
  if (token.size() <= kIdDigits + 1 || token[kIdDigits] != '.') return refused();
  const std::string id(token.substr(0, kIdDigits));
  const auto digest = token_digest(token.substr(kIdDigits + 1));
  if (!digest) return refused();
  const auto record = TRY(store_.registry().record(kKioskDeviceRecord, id));
  if (!record || !equal_constant_time(TRY(read_kiosk_token(record->content)), hex_of(*digest))) return refused();
  if (TRY(store_.registry().record(kKioskRevokedRecord, id))) return refused();
  const auto invitation = TRY(store_.registry().record(kKioskCodeRecord, id));
  if (!invitation) return refused();
  return Kiosk{id, record->subject, TRY(read_kiosk_invitation(invitation->content)).place};
}

Result<void> KioskService::leave(const Kiosk& kiosk, std::string_view pin) {
  const auto record = TRY(store_.registry().record(kKioskCodeRecord, kiosk.id));
  if (!record) return fail(ErrorCode::kiosk_not_enrolled, "this device is no kiosk");
  const std::string hash = TRY(read_kiosk_invitation(record->content)).pin;
  {
    // Counted before the PIN is looked at, so that many tries at once are many tries.
    const std::lock_guard lock(mutex_);
    Failures& failures = failures_[kiosk.id];
    if (clock_.now() < failures.wait_until) return fail(ErrorCode::kiosk_pin_throttled, "too many wrong PINs");
    ++failures.count;
    if (failures.count >= kKioskFreePins) {
      const int doublings = std::min(failures.count - kKioskFreePins, 10);
      failures.wait_until = clock_.now() + std::min<UnixSeconds>(kLongestWait, kFirstWait << doublings);
    }
  }
  if (pin.size() > 40 || !verify_password(pin, hash)) return fail(ErrorCode::kiosk_pin_refused, "the PIN is wrong", "pin");
  {
    const std::lock_guard lock(mutex_);
    failures_.erase(kiosk.id);
  }
  return end(kiosk, "kiosk.leave", "");
}

Result<void> KioskService::revoke(std::string_view campaign_id, std::string_view kiosk_id, const std::string& actor) {
  const auto record = TRY(store_.registry().record(kKioskCodeRecord, kiosk_id));
  if (!record || record->subject != campaign_id) return fail(ErrorCode::not_found, "no such kiosk", std::string(kiosk_id));
  return end({record->id, record->subject, ""}, "kiosk.revoke", actor);
}

Result<void> KioskService::end(const Kiosk& kiosk, const std::string& action, const std::string& actor) {
  const auto added = store_.registry().add_record(record_of(kKioskRevokedRecord, kiosk, "{}", clock_.now(), actor));
  if (!added) return added.error().code == ErrorCode::already_exists ? Result<void>() : fail(added.error());
  return store_.registry().append_journal({0, clock_.now(), actor, action, kiosk.id, kiosk.campaign, ""});
}

Result<std::vector<KioskLine>> KioskService::of_campaign(std::string_view campaign_id) {
  std::vector<KioskLine> lines;
  for (const auto& record : TRY(store_.registry().records(kKioskCodeRecord, campaign_id))) {
    const KioskInvitation invitation = TRY(read_kiosk_invitation(record.content));
    KioskLine line{{record.id, record.subject, invitation.place}, KioskState::invited, record.created, record.author};
    if (TRY(store_.registry().record(kKioskDeviceRecord, record.id))) {
      line.state = KioskState::enrolled;
    } else if (clock_.now() >= invitation.expires) {
      line.state = KioskState::expired;
    }
    if (TRY(store_.registry().record(kKioskRevokedRecord, record.id))) line.state = KioskState::revoked;
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace khaosat
