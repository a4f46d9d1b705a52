// The registry in one SQLite file. Reads run on read-only connections, changes on the writer.
#pragma once

#include <memory>
#include <string>

#include "server/storage/registry.h"
#include "server/storage/sqlite/readers.h"
#include "server/storage/sqlite/writer.h"

namespace khaosat::sqlite {

class SqliteRegistry final : public Registry {
 public:
  // Makes or migrates the file.
  static Result<std::unique_ptr<SqliteRegistry>> open(const std::string& path,
                                                      const ConnectionOptions& options,
                                                      WriterLimits limits);
  // Every change is refused with not_allowed.
  static Result<std::unique_ptr<SqliteRegistry>> open_read_only(const std::string& path,
                                                                const ConnectionOptions& options);

  Result<void> add_account(const Account& account) override;
  Result<void> update_account(const Account& account) override;
  Result<std::optional<Account>> account(std::string_view name) override;
  Result<std::vector<Account>> accounts() override;
  Result<void> put_session(const Session& session) override;
  Result<std::optional<Session>> session(const Digest& token) override;
  Result<void> remove_session(const Digest& token) override;
  Result<void> remove_sessions_before(UnixSeconds last_seen) override;
  Result<void> put_setup_token(const Digest& token, UnixSeconds expires) override;
  Result<bool> spend_setup_token(const Digest& token, UnixSeconds now) override;
  Result<void> put_campaign(const Campaign& campaign) override;
  Result<std::optional<Campaign>> campaign(std::string_view id) override;
  Result<std::vector<Campaign>> campaigns() override;
  Result<void> pin_definition(const PinnedDefinition& definition) override;
  Result<std::optional<PinnedDefinition>> pinned(std::string_view kind, std::string_view id,
                                                 int version) override;
  Result<void> add_record(const Record& record) override;
  Result<std::optional<Record>> record(std::string_view kind, std::string_view id) override;
  Result<std::vector<Record>> records(std::string_view kind, std::string_view subject) override;
  Result<void> append_journal(JournalEntry entry) override;
  Result<void> each_journal_entry(const std::function<void(const JournalEntry&)>& visit) override;
  Result<std::int64_t> append_fact_entries(std::vector<FactEntry> entries,
                                           JournalEntry journal) override;
  Result<void> each_fact_entry(std::int64_t after,
                               const std::function<void(const FactEntry&)>& visit) override;
  Result<void> remove_fact_contents(const std::vector<std::int64_t>& numbers,
                                    JournalEntry journal) override;
  Result<void> copy_to(const std::string& path) override;

 private:
  SqliteRegistry(std::string path, const ConnectionOptions& options)
      : readers_(std::move(path), options) {}
  Result<void> write(Writer::Job job);

  std::unique_ptr<Writer> writer_;  // none: read only
  Readers readers_;  // after the writer: closed first, so that the last to leave removes the log
};

}  // namespace khaosat::sqlite
