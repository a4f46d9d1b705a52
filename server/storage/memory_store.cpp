#include "server/storage/memory_store.h"

#include <algorithm>
#include <tuple>

#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "server/storage/memory_answers.h"
#include "server/storage/memory_paper.h"

namespace khaosat {

namespace {

class MemoryRegistry final : public Registry {
 public:
  Result<void> add_account(const Account& account) override {
    const std::lock_guard lock(mutex_);
    if (!accounts_.emplace(account.name, account).second) {
      return fail(ErrorCode::already_exists, "there is an account of this name", account.name);
    }
    return {};
  }
  Result<void> update_account(const Account& account) override {
    const std::lock_guard lock(mutex_);
    const auto found = accounts_.find(account.name);
    if (found == accounts_.end()) {
      return fail(ErrorCode::not_found, "there is no account of this name", account.name);
    }
    found->second = account;
    return {};
  }
  Result<std::optional<Account>> account(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    return find(accounts_, name);
  }
  Result<std::vector<Account>> accounts() override {
    const std::lock_guard lock(mutex_);
    return values(accounts_);
  }

  Result<void> put_session(const Session& session) override {
    const std::lock_guard lock(mutex_);
    if (!accounts_.contains(session.account)) {
      return fail(ErrorCode::not_found, "there is no account of this name", session.account);
    }
    sessions_[session.token] = session;
    return {};
  }
  Result<std::optional<Session>> session(const Digest& token) override {
    const std::lock_guard lock(mutex_);
    return find(sessions_, token);
  }
  Result<void> remove_session(const Digest& token) override {
    const std::lock_guard lock(mutex_);
    sessions_.erase(token);
    return {};
  }
  Result<void> remove_sessions_before(UnixSeconds last_seen) override {
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.last_seen < last_seen; });
    return {};
  }

  Result<void> put_setup_token(const Digest& token, UnixSeconds expires) override {
    const std::lock_guard lock(mutex_);
    setup_token_ = {token, expires};
    return {};
  }
  Result<bool> spend_setup_token(const Digest& token, UnixSeconds now) override {
    const std::lock_guard lock(mutex_);
    if (!setup_token_ || !accounts_.empty() || now >= setup_token_->second ||
        !equal_constant_time(view_of(token), view_of(setup_token_->first))) {
      return false;
    }
    setup_token_.reset();
    return true;
  }

  Result<void> put_campaign(const Campaign& campaign) override {
    const std::lock_guard lock(mutex_);
    campaigns_.insert_or_assign(campaign.id, campaign);
    return {};
  }
  Result<std::optional<Campaign>> campaign(std::string_view id) override {
    const std::lock_guard lock(mutex_);
    return find(campaigns_, id);
  }
  Result<std::vector<Campaign>> campaigns() override {
    const std::lock_guard lock(mutex_);
    return values(campaigns_);
  }

  Result<void> pin_definition(const PinnedDefinition& definition) override {
    const std::lock_guard lock(mutex_);
    const auto& identity = definition.identity;
    const auto [place, added] = definitions_.emplace(
        DefinitionKey(definition.kind, identity.id, identity.version), definition);
    if (!added && place->second.identity.hash != identity.hash) {
      return fail(ErrorCode::definition_changed,
                  "this version is in use with other content; give the changed file a new version",
                  identity.label());
    }
    return {};
  }
  Result<std::optional<PinnedDefinition>> pinned(std::string_view kind, std::string_view id,
                                                 int version) override {
    const std::lock_guard lock(mutex_);
    return find(definitions_, DefinitionKey(kind, id, version));
  }

  Result<void> add_record(const Record& record) override {
    const std::lock_guard lock(mutex_);
    const bool known = std::any_of(records_.begin(), records_.end(), [&](const Record& other) {
      return other.kind == record.kind && other.id == record.id;
    });
    if (known) {
      return fail(ErrorCode::already_exists, "a record is never replaced",
                  record.kind + "/" + record.id);
    }
    records_.push_back(record);
    return {};
  }
  Result<std::optional<Record>> record(std::string_view kind, std::string_view id) override {
    const std::lock_guard lock(mutex_);
    for (const auto& record : records_) {
      if (record.kind == kind && record.id == id) return record;
    }
    return std::nullopt;
  }
  Result<std::vector<Record>> records(std::string_view kind, std::string_view subject) override {
    const std::lock_guard lock(mutex_);
    std::vector<Record> found;
    std::copy_if(records_.rbegin(), records_.rend(), std::back_inserter(found),
                 [&](const Record& record) {
                   return record.kind == kind && (subject.empty() || record.subject == subject);
                 });
    return found;
  }

  Result<void> append_journal(JournalEntry entry) override {
    const std::lock_guard lock(mutex_);
    put_in_journal(std::move(entry));
    return {};
  }
  Result<void> each_journal_entry(const std::function<void(const JournalEntry&)>& visit) override {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : journal_) visit(entry);
    return {};
  }

  Result<std::int64_t> append_fact_entries(std::vector<FactEntry> entries,
                                           JournalEntry journal) override {
    const std::lock_guard lock(mutex_);
    const std::size_t before = facts_.size();
    const auto first = static_cast<std::int64_t>(before) + 1;
    for (const auto& entry : entries) {
      const auto checked = check_superseded(entry.supersedes);
      if (!checked) {
        facts_.resize(before);
        return fail(checked.error());
      }
      facts_.push_back(entry);
      facts_.back().number = static_cast<std::int64_t>(facts_.size());
      facts_.back().removed = 0;
    }
    complete_fact_journal(journal, first, entries);
    put_in_journal(std::move(journal));
    return first;
  }
  Result<void> each_fact_entry(std::int64_t after,
                               const std::function<void(const FactEntry&)>& visit) override {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : facts_) {
      if (entry.number > after) visit(entry);
    }
    return {};
  }
  Result<void> remove_fact_contents(const std::vector<std::int64_t>& numbers,
                                    JournalEntry journal) override {
    const std::lock_guard lock(mutex_);
    for (const std::int64_t number : numbers) {
      const auto at = static_cast<std::size_t>(number - 1);
      if (number < 1 || at >= facts_.size() || facts_[at].removed != 0) {
        return fail(ErrorCode::not_found, "no such entry with content", std::to_string(number));
      }
    }
    for (const std::int64_t number : numbers) {
      auto& entry = facts_[static_cast<std::size_t>(number - 1)];
      entry.content.clear();
      entry.removed = journal.time;
    }
    journal.subject = fact_numbers(numbers);
    put_in_journal(std::move(journal));
    return {};
  }

  Result<void> copy_to(const std::string& path) override {
    return fail(ErrorCode::file_unwritable, "a store in memory has no file to copy", path);
  }

 private:
  using DefinitionKey = std::tuple<std::string, std::string, int>;

  void put_in_journal(JournalEntry entry) {
    entry.number = static_cast<std::int64_t>(journal_.size()) + 1;
    entry.chain = journal_chain(journal_.empty() ? "" : journal_.back().chain, entry);
    journal_.push_back(std::move(entry));
  }
  Result<void> check_superseded(std::int64_t number) const {
    if (number == 0) return {};
    const auto at = static_cast<std::size_t>(number - 1);
    if (number < 0 || at >= facts_.size()) {
      return fail(ErrorCode::not_found, "there is no such entry to correct", std::to_string(number));
    }
    const bool taken = std::any_of(facts_.begin(), facts_.end(), [&](const FactEntry& entry) {
      return entry.supersedes == number;
    });
    if (taken || facts_[at].removed != 0) {
      return fail(ErrorCode::fact_superseded, "a later entry took its place; correct that one",
                  std::to_string(number));
    }
    return {};
  }

  template <typename Map, typename Key>
  static std::optional<typename Map::mapped_type> find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    if (found == map.end()) return std::nullopt;
    return found->second;
  }
  template <typename Map>
  static std::vector<typename Map::mapped_type> values(const Map& map) {
    std::vector<typename Map::mapped_type> list;
    for (const auto& [key, value] : map) list.push_back(value);
    return list;
  }

  std::mutex mutex_;
  std::map<std::string, Account, std::less<>> accounts_;
  std::map<Digest, Session> sessions_;
  std::optional<std::pair<Digest, UnixSeconds>> setup_token_;
  std::map<std::string, Campaign, std::less<>> campaigns_;
  std::map<DefinitionKey, PinnedDefinition> definitions_;
  std::vector<Record> records_;
  std::vector<JournalEntry> journal_;
  std::vector<FactEntry> facts_;
};

}  // namespace

MemoryStore::MemoryStore() : registry_(std::make_unique<MemoryRegistry>()) {}
MemoryStore::~MemoryStore() = default;

Result<std::shared_ptr<AnswerStore>> MemoryStore::answers(std::string_view campaign_id) {
  if (!is_campaign_id(campaign_id)) {
    return fail(ErrorCode::bad_request, "not the id of a campaign", std::string(campaign_id));
  }
  const std::lock_guard lock(mutex_);
  auto& answers = answers_[std::string(campaign_id)];
  if (!answers) answers = std::make_shared<MemoryAnswers>();
  return answers;
}

Result<std::vector<std::string>> MemoryStore::campaigns_with_answers() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, answers] : answers_) ids.push_back(id);
  return ids;
}

Result<std::shared_ptr<PaperStore>> MemoryStore::paper(std::string_view campaign_id) {
  if (!is_campaign_id(campaign_id)) {
    return fail(ErrorCode::bad_request, "not the id of a campaign", std::string(campaign_id));
  }
  const std::lock_guard lock(mutex_);
  auto& paper = paper_[std::string(campaign_id)];
  if (!paper) paper = std::make_shared<MemoryPaper>();
  return paper;
}

Result<std::vector<std::string>> MemoryStore::campaigns_with_paper() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, paper] : paper_) ids.push_back(id);
  return ids;
}

}  // namespace khaosat
