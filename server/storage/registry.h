// What concerns people and the office: accounts, sessions, campaigns, definitions in use, results,
// facts, decisions, the journal. Never an answer. All calls are safe from any thread; changes are
// on the disk when a call returns.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "server/survey/campaign.h"

namespace khaosat {

// clerk: keys in forms filled in on paper, and nothing else.
enum class Role { administrator, officer, analyst, jury, clerk };

struct Account {
  std::string name;  // sign-in name, [a-z0-9._-]{2,32}
  std::string display_name;
  Role role = Role::officer;
  std::string password_hash;  // PHC-style string
  bool active = true;
};

struct Session {
  Digest token{};  // SHA-256 of the cookie's token
  std::string account;
  std::string csrf;
  UnixSeconds created = 0;
  UnixSeconds last_seen = 0;
};

// A definition as it was when first used, so that results outlive edited files.
struct PinnedDefinition {
  std::string kind;  // "questionnaire", "index_model", "award_rules", "scale", …
  DefinitionIdentity identity;
  std::string content;
};

// A document that is never changed once written: an index run, a decision, a set of facts.
struct Record {
  std::string kind;     // "index_run", "decision", "facts", "closing_report", …
  std::string id;       // unique within the kind
  std::string subject;  // what it is about: campaign id, rule set id
  std::string content;  // JSON
  std::string hash;     // hex SHA-256 of the content
  UnixSeconds created = 0;
  std::string author;  // account name; empty: the program
};

struct JournalEntry {
  std::int64_t number = 0;
  UnixSeconds time = 0;
  std::string account;
  std::string action;  // "campaign.open", "account.create", …
  std::string subject;
  std::string detail;
  std::string chain;  // hex SHA-256 over the previous chain value and this entry
};

// One entry of the register of facts. What the content means is services/facts/fact_entry_json.h.
struct FactEntry {
  std::int64_t number = 0;  // 1, 2, …; given by the store
  std::string content;      // JSON; empty once removed
  std::string hash;         // hex SHA-256 of the content; stays when the content goes
  std::int64_t supersedes = 0;  // the earlier entry whose place this one takes; 0: none
  UnixSeconds created = 0;
  std::string author;
  UnixSeconds removed = 0;  // when the content was removed; 0: it is there
};

class Registry {
 public:
  virtual ~Registry() = default;

  virtual Result<void> add_account(const Account& account) = 0;     // already_exists
  virtual Result<void> update_account(const Account& account) = 0;  // not_found
  virtual Result<std::optional<Account>> account(std::string_view name) = 0;
  virtual Result<std::vector<Account>> accounts() = 0;

  virtual Result<void> put_session(const Session& session) = 0;
  virtual Result<std::optional<Session>> session(const Digest& token) = 0;
  virtual Result<void> remove_session(const Digest& token) = 0;
  virtual Result<void> remove_sessions_before(UnixSeconds last_seen) = 0;

  // The one-time link for the first account. Replaces a pending one.
  virtual Result<void> put_setup_token(const Digest& token, UnixSeconds expires) = 0;
  // True once: the right token, in time, while there is no account. Removes it.
  virtual Result<bool> spend_setup_token(const Digest& token, UnixSeconds now) = 0;

  virtual Result<void> put_campaign(const Campaign& campaign) = 0;  // inserts or replaces
  virtual Result<std::optional<Campaign>> campaign(std::string_view id) = 0;
  virtual Result<std::vector<Campaign>> campaigns() = 0;

  // definition_changed when the same kind, id and version is pinned with another hash.
  virtual Result<void> pin_definition(const PinnedDefinition& definition) = 0;
  virtual Result<std::optional<PinnedDefinition>> pinned(std::string_view kind, std::string_view id,
                                                         int version) = 0;

  virtual Result<void> add_record(const Record& record) = 0;  // already_exists
  virtual Result<std::optional<Record>> record(std::string_view kind, std::string_view id) = 0;
  // Newest first; an empty subject means all.
  virtual Result<std::vector<Record>> records(std::string_view kind, std::string_view subject) = 0;

  // Appends to the hash chain; the store fills in `number` (1, 2, …) and `chain` (journal_chain.h).
  virtual Result<void> append_journal(JournalEntry entry) = 0;
  virtual Result<void> each_journal_entry(
      const std::function<void(const JournalEntry&)>& visit) = 0;

  // Adds the entries under consecutive numbers, with one journal entry, in one transaction; the store
  // fills in the journal's subject and adds the digest to its detail (fact_entries.h). The first
  // number. not_found: an entry superseded that does not exist; fact_superseded: one whose place was
  // taken before, or whose content was removed.
  virtual Result<std::int64_t> append_fact_entries(std::vector<FactEntry> entries,
                                                   JournalEntry journal) = 0;
  // In order of number, from the one after `after`.
  virtual Result<void> each_fact_entry(std::int64_t after,
                                       const std::function<void(const FactEntry&)>& visit) = 0;
  // Empties the content of these entries and leaves nothing of it in the files. The journal's subject
  // names the numbers. not_found: an entry that does not exist or is already empty.
  virtual Result<void> remove_fact_contents(const std::vector<std::int64_t>& numbers,
                                            JournalEntry journal) = 0;

  virtual Result<void> copy_to(const std::string& path) = 0;
};

}  // namespace khaosat
