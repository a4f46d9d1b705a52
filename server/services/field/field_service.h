// Interviewers' devices of a campaign: invited with the people they look for, enrolled with a one-time code,
// recognised by a token of which only the digest is stored, revoked. Answers go the way of all answers
// (SubmitResponse); what becomes of the people goes into a sheet that knows no answer. Thread safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_keys.h"
#include "server/services/field/field_folder.h"
#include "server/services/field/field_sheet.h"
#include "server/storage/store.h"

namespace khaosat {

// Tablets are handed out the evening before.
inline constexpr UnixSeconds kFieldCodeSeconds = 24 * 60 * 60;
// Record kinds; the subject of each is the campaign.
inline constexpr std::string_view kFieldCodeRecord = "field_code";        // an invitation, id = device id
inline constexpr std::string_view kFieldDeviceRecord = "field_device";    // the device that took it up
inline constexpr std::string_view kFieldRevokedRecord = "field_revoked";  // it may send nothing any more
inline constexpr std::string_view kFieldReportRecord = "field_report";    // counts kept at closing, id = device id

struct FieldInvitation {
  std::string label;                // of the interviewer or the team, for the office's own list
  std::vector<std::string> places;  // primary sampling units
  std::string code;                 // hex SHA-256 of the one-time code
  UnixSeconds expires = 0;
};
std::string to_json(const FieldInvitation& invitation);
Result<FieldInvitation> read_field_invitation(std::string_view json);

struct NewFieldDevice {
  std::string code;  // shown once
  int people = 0;    // drawn and reserves
};

struct FieldDevice {
  std::string id;  // 20 hex digits
  std::string campaign;
};

enum class FieldState { invited, expired, enrolled, revoked };
struct FieldLine {
  FieldDevice device;
  FieldInvitation invitation;
  FieldState state = FieldState::invited;
  UnixSeconds created = 0;
  std::string author;
  FieldTally tally;
};

class FieldService {
 public:
  FieldService(Store& store, CampaignBook& book, const KeyFolder& keys, const Clock& clock, std::string folder)
      : store_(store), book_(book), keys_(keys), clock_(clock), folder_(std::move(folder)) {}

  // campaign_wrong_state (not open, or not for citizens), missing_field (label, places), unit_not_valid,
  // already_exists (`where`: a place that another device has), definition_invalid with `faults` of the draw.
  Result<NewFieldDevice> invite(std::string_view campaign_id, const std::string& label, const std::vector<std::string>& places,
                                std::string_view draw_csv, const std::string& actor, Faults* faults = nullptr);
  // The token for the device's cookie. interviewer_code_refused: unknown, spent and too old sound the same.
  Result<std::string> enrol(std::string_view typed_code);
  // interviewer_not_enrolled: no such token, or revoked.
  Result<FieldDevice> find(std::string_view token);
  // Twice is once. The directions on its sheet are erased. not_found.
  Result<void> revoke(std::string_view campaign_id, std::string_view device_id, const std::string& actor);

  Result<FieldSheet> sheet(const FieldDevice& device);
  // Errors of take_over() and add_attempt(); campaign_closed.
  Result<FieldSheet> report(const FieldDevice& device, const FieldReport& report);
  Result<FieldSheet> attempt(const FieldDevice& device, std::string_view person, FieldOutcome outcome,
                             std::string_view language, std::string_view helper);

  // What devices seal with: 65 bytes. Opened by this office until the campaign is closed.
  Result<std::string> seal_key(std::string_view campaign_id);
  // bad_request: not sealed for this campaign. campaign_closed.
  Result<std::string> open(std::string_view campaign_id, std::string_view sealed);
  // The device of that id, revoked or not: for a file rescued from it.
  Result<FieldDevice> device(std::string_view campaign_id, std::string_view device_id);
  // One line for the journal about a whole file; nothing about single answers is ever written there.
  Result<void> note_rescue(std::string_view campaign_id, const std::string& counts, const std::string& actor);

  // Newest first.
  Result<std::vector<FieldLine>> of_campaign(std::string_view campaign_id);
  // Of campaigns closed since: keeps the counts, erases sheets and keys. Called from time to time.
  Result<void> finish_closed();

 private:
  Result<CampaignKeys> keys_of(std::string_view campaign_id);
  Result<FieldSheet> load(const CampaignKeys& keys, std::string_view campaign, std::string_view device);
  Result<void> save(const CampaignKeys& keys, std::string_view campaign, std::string_view device, const FieldSheet& sheet);
  Result<FieldState> state_of(const Record& code, const FieldInvitation& invitation);
  template <typename Change>
  Result<FieldSheet> change(const FieldDevice& device, const Change& change);

  Store& store_;
  CampaignBook& book_;
  const KeyFolder& keys_;
  const Clock& clock_;
  const FieldFolder folder_;
  std::mutex mutex_;  // one change of sheets at a time
};

}  // namespace khaosat
