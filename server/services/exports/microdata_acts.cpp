#include "server/services/exports/microdata_acts.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/bytes.h"
#include "base/text.h"
#include "server/services/exports/file_digest.h"
#include "server/services/exports/microdata_acts_json.h"
#include "server/services/published_index.h"

namespace khaosat {

namespace {

constexpr char kRequest[] = "microdata_request";
constexpr char kDecision[] = "microdata_decision";

Result<std::string> said(const std::string& text, const char* field) {
  const auto clean = clean_text(text);
  if (!clean) return fail(ErrorCode::not_utf8, "not UTF-8 text", field);
  const std::string words(trim(*clean));
  if (words.empty()) return fail(ErrorCode::missing_field, std::string("name the ") + field, field);
  if (letter_count(words) > kMicrodataWords) return fail(ErrorCode::too_long, "longer than 500 letters", field);
  return words;
}

// A folder of an attempt, gone with the object unless it is kept.
class Attempt {
 public:
  explicit Attempt(std::string path) : path_(std::move(path)) {}
  ~Attempt() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove_all(path_, ignored);
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;
  void keep() { kept_ = true; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool kept_ = false;
};

Result<void> make_folder(const std::string& path) {
  std::error_code trouble;
  std::filesystem::create_directories(path, trouble);
  if (!trouble) std::filesystem::permissions(path, std::filesystem::perms::owner_all, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, "cannot make the folder: " + trouble.message(), path);
  return {};
}

}  // namespace

std::string_view name_of(MicrodataAct::State state) {
  switch (state) {
    case MicrodataAct::State::waiting: return "waiting";
    case MicrodataAct::State::lapsed: return "lapsed";
    case MicrodataAct::State::refused: return "refused";
    case MicrodataAct::State::ready: return "ready";
    case MicrodataAct::State::over: return "over";
  }
  return "";
}

Result<Account> MicrodataActs::account_of(const std::string& actor, bool may_decide) {
  const auto account = TRY(store_.registry().account(actor));
  if (!account || !account->active) return fail(ErrorCode::not_allowed, "no such account at work", actor);
  const bool runs = account->role == Role::administrator || account->role == Role::officer;
  if (!runs && (may_decide || account->role != Role::analyst)) {
    return fail(ErrorCode::not_allowed, "the role of this account may not do that", actor);
  }
  return *account;
}

Result<void> MicrodataActs::journal(const std::string& actor, const char* action, const std::string& subject, const std::string& detail) {
  return store_.registry().append_journal({0, clock_.now(), actor, action, subject, detail, ""});
}

Result<MicrodataAct> MicrodataActs::ask(std::string_view campaign_id, std::string purpose, std::string recipient,
                                        std::vector<std::string> traits, const std::string& actor) {
  TRY(account_of(actor, false));
  const auto entry = TRY(book_.find(campaign_id));
  TRY_VOID(check_may_leave(entry->campaign));
  MicrodataAct act;
  act.id = to_hex(random_bytes(10));
  act.campaign = entry->campaign.id;
  act.purpose = TRY(said(purpose, "purpose"));
  act.recipient = TRY(said(recipient, "recipient"));
  const auto known = traits_of(*entry->form);
  for (const auto& trait : traits) {
    if (std::find(known.begin(), known.end(), trait) == known.end()) {
      return fail(ErrorCode::unknown_option, "the questionnaire has no such trait", trait);
    }
    if (std::find(act.traits.begin(), act.traits.end(), trait) == act.traits.end()) act.traits.push_back(trait);
  }
  act.asked_by = actor;
  act.asked = clock_.now();
  act.until = act.asked + kMicrodataAnswerSeconds;
  Record record{kRequest, act.id, act.campaign, request_json(act), "", act.asked, actor};
  record.hash = to_hex(view_of(sha256(record.content)));
  TRY_VOID(store_.registry().add_record(record));
  TRY_VOID(journal(actor, "microdata.ask", act.campaign + "/" + act.id, record.hash));
  return act;
}

Result<void> MicrodataActs::check_second(const MicrodataAct& act, const std::string& actor) {
  TRY(account_of(actor, true));
  if (actor == act.asked_by) return fail(ErrorCode::not_allowed, "somebody else must decide: it takes two people", actor);
  // The journal is in order whatever the clock does.
  bool asked = false;
  bool made_since = false;
  TRY_VOID(store_.registry().each_journal_entry([&](const JournalEntry& entry) {
    asked = asked || (entry.action == "microdata.ask" && entry.subject == act.campaign + "/" + act.id);
    const bool made = entry.action == "account.create" || entry.action == "account.activate";
    made_since = made_since || (asked && made && entry.subject == actor);
  }));
  if (made_since) return fail(ErrorCode::not_allowed, "an account made or switched on after the request cannot decide on it", actor);
  if (act.state != MicrodataAct::State::waiting) {
    return fail(ErrorCode::campaign_wrong_state, "the request has been decided, or nobody answered it in time", act.id);
  }
  return {};
}

Result<MicrodataAct> MicrodataActs::approve(const std::string& id, const std::string& actor) {
  const std::lock_guard lock(deciding_);
  auto act = TRY(find(id));
  TRY_VOID(check_second(act, actor));
  const auto entry = TRY(book_.find(act.campaign));
  TRY_VOID(check_may_leave(entry->campaign));
  TRY_VOID(make_folder(folder_));
  act.folder = id + "-" + to_hex(random_bytes(6));
  Attempt attempt(folder_ + "/" + act.folder);
  TRY_VOID(make_folder(attempt.path()));

  const auto model = main_model(index_, entry->campaign);
  std::optional<index::IndexRun> run;
  if (model) {
    auto computed = index_.compute({act.campaign, model->identity.id, {}, "", nullptr, true});
    // Where the index cannot be computed there is no table to rebuild; the answers still are what they are.
    if (computed) run = std::move(*computed);
  }
  act.decided = clock_.now();
  const std::string seed = random_bytes(32);  // known nowhere once this returns
  act.report = TRY(make_microdata(*entry, {act.traits, "vi", vietnam_date(act.decided)}, attempt.path(), seed,
                                  run ? model.get() : nullptr, run ? &*run : nullptr));
  act.state = MicrodataAct::State::ready;
  act.until = act.decided + kMicrodataFetchSeconds;
  act.decided_by = actor;
  Record record{kDecision, id, act.campaign, decision_json(act), "", act.decided, actor};
  record.hash = to_hex(view_of(sha256(record.content)));
  const auto added = store_.registry().add_record(record);
  if (!added && added.error().code == ErrorCode::already_exists) {
    return fail(ErrorCode::campaign_wrong_state, "somebody decided meanwhile", id);
  }
  TRY_VOID(added);
  attempt.keep();
  TRY_VOID(journal(actor, "microdata.approve", act.campaign + "/" + id, record.hash));
  return act;
}

Result<MicrodataAct> MicrodataActs::refuse(const std::string& id, const std::string& reason, const std::string& actor) {
  const std::lock_guard lock(deciding_);
  auto act = TRY(find(id));
  TRY_VOID(check_second(act, actor));
  act.reason = TRY(said(reason, "reason"));
  act.state = MicrodataAct::State::refused;
  act.decided = clock_.now();
  act.decided_by = actor;
  Record record{kDecision, id, act.campaign, decision_json(act), "", act.decided, actor};
  record.hash = to_hex(view_of(sha256(record.content)));
  const auto added = store_.registry().add_record(record);
  if (!added && added.error().code == ErrorCode::already_exists) {
    return fail(ErrorCode::campaign_wrong_state, "somebody decided meanwhile", id);
  }
  TRY_VOID(added);
  TRY_VOID(journal(actor, "microdata.refuse", act.campaign + "/" + id, act.reason));
  return act;
}

Result<MicrodataAct> MicrodataActs::act_of(const Record& asked) {
  MicrodataAct act;
  act.id = asked.id;
  TRY_VOID(read_request(asked.content, act));
  act.until = act.asked + kMicrodataAnswerSeconds;
  const UnixSeconds now = clock_.now();
  if (const auto decided = TRY(store_.registry().record(kDecision, act.id))) {
    TRY_VOID(read_decision(decided->content, act));
    act.until = act.decided + kMicrodataFetchSeconds;
    if (act.state == MicrodataAct::State::ready && now >= act.until) act.state = MicrodataAct::State::over;
  } else if (now >= act.until) {
    act.state = MicrodataAct::State::lapsed;
  }
  return act;
}

Result<MicrodataAct> MicrodataActs::find(const std::string& id) {
  const auto record = TRY(store_.registry().record(kRequest, id));
  if (!record) return fail(ErrorCode::not_found, "no such request", id);
  return act_of(*record);
}

Result<std::vector<MicrodataAct>> MicrodataActs::of_campaign(std::string_view campaign_id) {
  std::vector<MicrodataAct> acts;
  for (const auto& record : TRY(store_.registry().records(kRequest, campaign_id))) acts.push_back(TRY(act_of(record)));
  return acts;
}

Result<MicrodataActs::Fetched> MicrodataActs::fetch(const std::string& id, const std::string& name, const std::string& actor) {
  TRY(account_of(actor, false));
  const auto act = TRY(find(id));
  if (act.state != MicrodataAct::State::ready) return fail(ErrorCode::campaign_wrong_state, "the files can no longer be fetched, or not yet", id);
  if (actor != act.asked_by && actor != act.decided_by) {
    return fail(ErrorCode::not_allowed, "only the two who asked and approved may fetch the files", actor);
  }
  const auto& files = act.report.files;
  const auto file = std::find_if(files.begin(), files.end(), [&](const MicrodataFile& one) { return one.name == name; });
  if (file == files.end()) return fail(ErrorCode::not_found, "no such file", name);
  Fetched fetched{TRY(OpenFile::open(folder_ + "/" + act.folder + "/" + file->name)), file->sha256};
  const auto found = TRY(digest_of_file(*fetched.file, file->name));
  if (found.sha256 != file->sha256) return fail(ErrorCode::storage_failed, "the file is no longer what was approved", name);
  TRY_VOID(journal(actor, "microdata.fetch", act.campaign + "/" + id, name));
  return fetched;
}

Result<void> MicrodataActs::remove_lapsed() {
  std::error_code trouble;
  if (!std::filesystem::exists(folder_, trouble)) return {};
  const std::lock_guard lock(deciding_);  // nothing is being made
  std::set<std::string> wanted;
  for (const auto& record : TRY(store_.registry().records(kRequest, ""))) {
    const auto act = TRY(act_of(record));
    if (act.state == MicrodataAct::State::ready) wanted.insert(act.folder);
  }
  for (const auto& one : std::filesystem::directory_iterator(folder_, trouble)) {
    if (wanted.count(one.path().filename().string()) == 0) std::filesystem::remove_all(one.path(), trouble);
  }
  if (trouble) return fail(ErrorCode::file_unwritable, "cannot remove old files: " + trouble.message(), folder_);
  return {};
}

}  // namespace khaosat
