#include "server/services/field/field_service.h"

#include <algorithm>

#include "base/text.h"
#include "server/security/sealed_box.h"
#include "server/security/sealing.h"
#include "server/security/tokens.h"

namespace khaosat {

namespace {

constexpr std::size_t kIdDigits = 20;
constexpr std::size_t kLongestLabel = 120;

std::string hex_of(const Digest& digest) { return to_hex(view_of(digest)); }
std::string id_of(const Digest& code) { return hex_of(code).substr(0, kIdDigits); }

Record record_of(std::string_view kind, const FieldDevice& device, std::string content, UnixSeconds now, const std::string& author) {
  Record record{std::string(kind), device.id, device.campaign, std::move(content), "", now, author};
  record.hash = hex_of(sha256(record.content));
  return record;
}

// Keys of their own, not the campaign's: its answers must not be opened by whoever holds these.
std::string key_name(std::string_view campaign_id) { return "field" + std::string(campaign_id); }
std::string purpose_of(std::string_view campaign_id) { return "khaosat-field/1 " + std::string(campaign_id); }
Digest box_secret(const CampaignKeys& keys) { return hmac_sha256(view_of(keys.field_secret()), "box"); }
SealingKey sheet_key(const CampaignKeys& keys) { return *SealingKey::create(view_of(hmac_sha256(view_of(keys.field_secret()), "sheet"))); }
std::string sheet_name(std::string_view campaign, std::string_view device) {
  return "khaosat/field-sheet/1/" + std::string(campaign) + "/" + std::string(device);
}

}  // namespace

Result<CampaignKeys> FieldService::keys_of(std::string_view campaign_id) {
  const auto entry = TRY(book_.find(campaign_id));
  // After closing the key is gone for good and must not be made anew.
  if (entry->campaign.state == CampaignState::closed) return fail(ErrorCode::campaign_closed, "this campaign takes no more answers", std::string(campaign_id));
  return keys_.campaign(key_name(campaign_id));
}

Result<FieldSheet> FieldService::load(const CampaignKeys& keys, std::string_view campaign, std::string_view device) {
  const auto sealed = TRY(folder_.get(campaign, device));
  if (!sealed) return FieldSheet{};
  const auto plain = open_sealed(sheet_key(keys), *sealed, sheet_name(campaign, device));
  if (!plain) return fail(ErrorCode::storage_failed, "a sheet of assignments does not open with its key", std::string(device));
  return read_field_sheet(*plain);
}

Result<void> FieldService::save(const CampaignKeys& keys, std::string_view campaign, std::string_view device, const FieldSheet& sheet) {
  return folder_.put(campaign, device, seal(sheet_key(keys), to_json(sheet), sheet_name(campaign, device)));
}

Result<FieldState> FieldService::state_of(const Record& code, const FieldInvitation& invitation) {
  if (TRY(store_.registry().record(kFieldRevokedRecord, code.id))) return FieldState::revoked;
  if (TRY(store_.registry().record(kFieldDeviceRecord, code.id))) return FieldState::enrolled;
  return clock_.now() >= invitation.expires ? FieldState::expired : FieldState::invited;
}

Result<NewFieldDevice> FieldService::invite(std::string_view campaign_id, const std::string& label, const std::vector<std::string>& places,
                                            std::string_view draw_csv, const std::string& actor, Faults* faults) {
  const auto entry = TRY(book_.find(campaign_id));
  const Campaign& campaign = entry->campaign;
  if (campaign.state != CampaignState::open || campaign.audience != Audience::citizen) {
    return fail(ErrorCode::campaign_wrong_state, "interviewers belong to an open survey of citizens", campaign.id);
  }
  if (label.empty() || label.size() > kLongestLabel) return fail(ErrorCode::missing_field, "a short name for the device", "label");
  if (places.empty()) return fail(ErrorCode::missing_field, "at least one place", "places");
  for (const auto& place : places) {
    if (!campaign.psu(place)) return fail(ErrorCode::unit_not_valid, "the campaign has no such place", "places");
  }
  FieldDraw draw = read_field_draw(draw_csv, places);
  if (!draw.faults.empty()) {
    const Error error = as_error(draw.faults);
    if (faults) *faults = std::move(draw.faults);
    return fail(ErrorCode::definition_invalid, error.message, error.where);
  }
  const std::lock_guard lock(mutex_);
  const CampaignKeys keys = TRY(keys_of(campaign_id));
  FieldSheet sheet{std::move(draw.people), {}, {}};
  for (const auto& record : TRY(store_.registry().records(kFieldCodeRecord, campaign_id))) {
    const FieldInvitation other = TRY(read_field_invitation(record.content));
    const FieldState state = TRY(state_of(record, other));
    for (const auto& place : other.places) {
      const bool shared = std::find(places.begin(), places.end(), place) != places.end();
      // Two devices could each take "the next in rank".
      if (shared && (state == FieldState::enrolled || state == FieldState::invited)) {
        return fail(ErrorCode::already_exists, "another device has this place", place);
      }
    }
    // What an earlier device did there goes on from where it stood.
    const FieldSheet earlier = TRY(load(keys, campaign_id, record.id));
    for (auto& person : sheet.people) {
      for (const auto& before : earlier.people) {
        if (before.person == person.person && before.attempts.size() > person.attempts.size()) person.attempts = before.attempts;
      }
      person.inherited = person.attempts.size();
    }
  }
  const Token code = make_one_time_code();
  const FieldDevice device{id_of(code.digest), campaign.id};
  const FieldInvitation invitation{label, places, hex_of(code.digest), clock_.now() + kFieldCodeSeconds};
  TRY_VOID(save(keys, campaign.id, device.id, sheet));
  TRY_VOID(store_.registry().add_record(record_of(kFieldCodeRecord, device, to_json(invitation), clock_.now(), actor)));
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), actor, "field.invite", device.id, campaign.id + "/" + label, ""}));
  return NewFieldDevice{code.text, static_cast<int>(sheet.people.size())};
}

Result<std::string> FieldService::enrol(std::string_view typed_code) {
  const auto refused = [] { return fail(ErrorCode::interviewer_code_refused, "unknown, spent or older than a day"); };
  const auto digest = one_time_code_digest(typed_code);
  if (!digest) return refused();
  const auto record = TRY(store_.registry().record(kFieldCodeRecord, id_of(*digest)));
  if (!record) return refused();
  const FieldInvitation invitation = TRY(read_field_invitation(record->content));
  if (!equal_constant_time(invitation.code, hex_of(*digest)) || TRY(state_of(*record, invitation)) != FieldState::invited) return refused();
  const Token token = make_token();
  const FieldDevice device{record->id, record->subject};
  // The record's name is the code's: of two devices with one code the registry takes one.
  const auto added = store_.registry().add_record(
      record_of(kFieldDeviceRecord, device, "{\"token\":\"" + hex_of(token.digest) + "\"}", clock_.now(), record->author));
  if (!added) return added.error().code == ErrorCode::already_exists ? refused() : tl::unexpected<Error>(added.error());
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), "", "field.enrol", device.id, device.campaign, ""}));
  return device.id + "." + token.text;
}

Result<FieldDevice> FieldService::find(std::string_view token) {
  const auto refused = [] { return fail(ErrorCode::interviewer_not_enrolled, "this device is no interviewer's"); };
  if (token.size() <= kIdDigits + 1 || token[kIdDigits] != '.') return refused();
  const std::string id(token.substr(0, kIdDigits));
  const auto digest = token_digest(token.substr(kIdDigits + 1));
  if (!digest) return refused();
  const auto record = TRY(store_.registry().record(kFieldDeviceRecord, id));
  if (!record || !equal_constant_time(record->content, "{\"token\":\"" + hex_of(*digest) + "\"}")) return refused();
  if (TRY(store_.registry().record(kFieldRevokedRecord, id))) return refused();
  return FieldDevice{id, record->subject};
}

Result<FieldDevice> FieldService::device(std::string_view campaign_id, std::string_view device_id) {
  const auto record = TRY(store_.registry().record(kFieldCodeRecord, device_id));
  if (!record || record->subject != campaign_id) return fail(ErrorCode::not_found, "no such device", std::string(device_id));
  return FieldDevice{record->id, record->subject};
}

Result<void> FieldService::revoke(std::string_view campaign_id, std::string_view device_id, const std::string& actor) {
  const FieldDevice known = TRY(device(campaign_id, device_id));
  const auto added = store_.registry().add_record(record_of(kFieldRevokedRecord, known, "{}", clock_.now(), actor));
  if (!added) return added.error().code == ErrorCode::already_exists ? Result<void>() : fail(added.error());
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), actor, "field.revoke", known.id, known.campaign, ""}));
  const auto changed = change(known, [](FieldSheet& sheet) -> Result<void> {
    for (auto& person : sheet.people) person.direction.clear();
    return {};
  });
  if (!changed && changed.error().code != ErrorCode::campaign_closed) return fail(changed.error());
  return {};
}

template <typename Change>
Result<FieldSheet> FieldService::change(const FieldDevice& device, const Change& change) {
  const std::lock_guard lock(mutex_);
  const CampaignKeys keys = TRY(keys_of(device.campaign));
  FieldSheet sheet = TRY(load(keys, device.campaign, device.id));
  TRY_VOID(change(sheet));
  TRY_VOID(save(keys, device.campaign, device.id, sheet));
  return sheet;
}

Result<FieldSheet> FieldService::sheet(const FieldDevice& device) {
  const std::lock_guard lock(mutex_);
  return load(TRY(keys_of(device.campaign)), device.campaign, device.id);
}

Result<FieldSheet> FieldService::report(const FieldDevice& device, const FieldReport& report) {
  return change(device, [&](FieldSheet& sheet) { return take_over(sheet, report); });
}

Result<FieldSheet> FieldService::attempt(const FieldDevice& device, std::string_view person, FieldOutcome outcome,
                                         std::string_view language, std::string_view helper) {
  return change(device, [&](FieldSheet& sheet) { return add_attempt(sheet, person, outcome, language, helper); });
}

Result<std::string> FieldService::seal_key(std::string_view campaign_id) {
  return box_public_key(view_of(box_secret(TRY(keys_of(campaign_id)))));
}

Result<std::string> FieldService::open(std::string_view campaign_id, std::string_view sealed) {
  auto plain = open_box(view_of(box_secret(TRY(keys_of(campaign_id)))), sealed, purpose_of(campaign_id));
  if (!plain) return fail(ErrorCode::bad_request, "not sealed for this campaign", "sealed");
  return *std::move(plain);
}

Result<void> FieldService::note_rescue(std::string_view campaign_id, const std::string& counts, const std::string& actor) {
  return store_.registry().append_journal({0, clock_.now(), actor, "field.rescue", std::string(campaign_id), counts, ""});
}

Result<std::vector<FieldLine>> FieldService::of_campaign(std::string_view campaign_id) {
  std::vector<FieldLine> lines;
  const auto keys = keys_of(campaign_id);
  if (!keys && keys.error().code != ErrorCode::campaign_closed) return fail(keys.error());
  for (const auto& record : TRY(store_.registry().records(kFieldCodeRecord, campaign_id))) {
    FieldLine line{{record.id, record.subject}, TRY(read_field_invitation(record.content)), FieldState::invited, record.created, record.author, {}};
    line.state = TRY(state_of(record, line.invitation));
    if (keys) {
      const std::lock_guard lock(mutex_);
      line.tally = tally_of(TRY(load(*keys, campaign_id, record.id)));
    } else if (const auto kept = TRY(store_.registry().record(kFieldReportRecord, record.id))) {
      line.tally = TRY(read_field_tally(kept->content));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<void> FieldService::finish_closed() {
  for (const auto& campaign_id : folder_.campaigns()) {
    const auto entry = book_.find(campaign_id);
    if (!entry || (*entry)->campaign.state != CampaignState::closed) continue;
    const std::lock_guard lock(mutex_);
    if (keys_.has_campaign(key_name(campaign_id))) {
      const CampaignKeys keys = TRY(keys_.campaign(key_name(campaign_id)));
      for (const auto& record : TRY(store_.registry().records(kFieldCodeRecord, campaign_id))) {
        const FieldTally tally = tally_of(TRY(load(keys, campaign_id, record.id)));
        const auto kept = store_.registry().add_record(record_of(kFieldReportRecord, {record.id, campaign_id}, to_json(tally), clock_.now(), ""));
        if (!kept && kept.error().code != ErrorCode::already_exists) return fail(kept.error());
      }
      TRY_VOID(keys_.destroy(key_name(campaign_id)));
    }
    TRY_VOID(folder_.remove(campaign_id));
  }
  return {};
}

}  // namespace khaosat
