// Microdata leave by an act of two people: one account asks and says why and for whom, another approves
// within a week; then both may fetch the files for a week, and every step is in the journal. Thread safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/open_file.h"
#include "server/catalog/catalog.h"
#include "server/services/campaign_book.h"
#include "server/services/compute_index.h"
#include "server/services/exports/make_microdata.h"

namespace khaosat {

inline constexpr UnixSeconds kMicrodataAnswerSeconds = 7 * 24 * 60 * 60;  // to approve or refuse
inline constexpr UnixSeconds kMicrodataFetchSeconds = 7 * 24 * 60 * 60;   // to fetch, once approved
inline constexpr std::size_t kMicrodataWords = 500;                       // letters of purpose and recipient

struct MicrodataAct {
  // waiting: a second person is awaited. lapsed: nobody answered in time. ready: files can be fetched.
  // over: they were, and are gone.
  enum class State { waiting, lapsed, refused, ready, over };
  std::string id;
  std::string campaign;
  std::string purpose;
  std::string recipient;
  std::vector<std::string> traits;
  std::string asked_by;
  UnixSeconds asked = 0;
  State state = State::waiting;
  UnixSeconds until = 0;  // of the present state, where it ends by itself
  std::string decided_by;
  UnixSeconds decided = 0;
  std::string reason;  // of a refusal
  MicrodataReport report;
  std::string folder;  // name below the exports folder
};
std::string_view name_of(MicrodataAct::State state);

class MicrodataActs {
 public:
  // `folder`: where files stand while they may be fetched; made when needed, for this account only.
  MicrodataActs(Store& store, const Catalog& catalog, CampaignBook& book, ComputeIndex& index, const Clock& clock, std::string folder)
      : store_(store), catalog_(catalog), book_(book), index_(index), clock_(clock), folder_(std::move(folder)) {}

  // Administrators, officers and analysts may ask. Errors: not_allowed (role, audience),
  // campaign_not_closed, missing_field and too_long (where: "purpose" or "recipient"), unknown_option
  // (a trait).
  Result<MicrodataAct> ask(std::string_view campaign_id, std::string purpose, std::string recipient,
                           std::vector<std::string> traits, const std::string& actor);
  // Administrators and officers approve or refuse what somebody else has asked. not_allowed: the same
  // account, a role that may not, or an account made or switched on since the request (else one person could
  // make a second self). campaign_wrong_state: decided or lapsed.
  Result<MicrodataAct> approve(const std::string& id, const std::string& actor);
  Result<MicrodataAct> refuse(const std::string& id, const std::string& reason, const std::string& actor);

  // Newest first.
  Result<std::vector<MicrodataAct>> of_campaign(std::string_view campaign_id);
  Result<MicrodataAct> find(const std::string& id);  // not_found
  // For the two who acted, while it is ready; campaign_wrong_state otherwise. Checked against its digest.
  struct Fetched {
    std::shared_ptr<const OpenFile> file;
    std::string sha256;
  };
  Result<Fetched> fetch(const std::string& id, const std::string& name, const std::string& actor);

  // Removes files that may no longer be fetched, and what broken attempts left. Called from time to time.
  Result<void> remove_lapsed();

 private:
  Result<Account> account_of(const std::string& actor, bool may_decide);
  Result<void> check_second(const MicrodataAct& act, const std::string& actor);
  Result<void> journal(const std::string& actor, const char* action, const std::string& subject, const std::string& detail);
  Result<MicrodataAct> act_of(const Record& asked);

  Store& store_;
  const Catalog& catalog_;
  CampaignBook& book_;
  ComputeIndex& index_;
  const Clock& clock_;
  const std::string folder_;
  std::mutex deciding_;  // one export is made at a time
};

}  // namespace khaosat
