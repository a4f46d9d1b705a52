#include "server/storage/sqlite/sqlite_registry.h"

#include <array>

#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "server/storage/sqlite/copy_file.h"
#include "server/storage/sqlite/migrate.h"
#include "server/survey/campaign_json.h"

namespace khaosat::sqlite {

namespace {

constexpr std::array kRoles{"administrator", "officer", "analyst", "jury", "clerk"};

Result<Role> role_of(const std::string& text) {
  for (std::size_t i = 0; i < kRoles.size(); ++i) {
    if (text == kRoles[i]) return static_cast<Role>(i);
  }
  return fail(ErrorCode::storage_failed, "unknown role in the registry: " + text);
}

const char* text_of(Role role) { return kRoles[static_cast<std::size_t>(role)]; }

Result<Account> account_of(const Statement& row) {
  return Account{row.text(0), row.text(1), TRY(role_of(row.text(2))), row.text(3),
                 row.integer(4) != 0};
}

Record record_of(const Statement& row) {
  return {row.text(0), row.text(1),    row.text(2), row.text(3),
          row.text(4), row.integer(5), row.text(6)};
}

Result<bool> exists(Statement& query) { return query.step(); }

Result<void> append_to_journal(Connection& c, JournalEntry entry) {
  auto last = TRY(c.prepare("SELECT number, chain FROM journal ORDER BY number DESC LIMIT 1"));
  std::string chain;
  entry.number = 1;
  if (TRY(last.step())) {
    entry.number = last.integer(0) + 1;
    chain = last.text(1);
  }
  return c.run(
      "INSERT INTO journal (number, time, account, action, subject, detail, chain) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      entry.number, entry.time, entry.account, entry.action, entry.subject, entry.detail,
      journal_chain(chain, entry));
}

Result<void> check_superseded(Connection& c, std::int64_t number) {
  auto earlier = TRY(c.prepare("SELECT removed FROM fact_entry WHERE number = ?1"));
  if (!TRY(earlier.bind(number).step())) {
    return fail(ErrorCode::not_found, "there is no such entry to correct", std::to_string(number));
  }
  const bool removed = earlier.integer(0) != 0;
  auto taken = TRY(c.prepare("SELECT 1 FROM fact_entry WHERE supersedes = ?1"));
  if (removed || TRY(taken.bind(number).step())) {
    return fail(ErrorCode::fact_superseded, "a later entry took its place; correct that one",
                std::to_string(number));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteRegistry>> SqliteRegistry::open(const std::string& path,
                                                             const ConnectionOptions& options,
                                                             WriterLimits limits) {
  auto connection = TRY(Connection::open(path, Access::write, options));
  TRY_VOID(connection->use_write_ahead_log());
  TRY_VOID(migrate(*connection, FileKind::registry, registry_migrations()));
  std::unique_ptr<SqliteRegistry> registry(new SqliteRegistry(path, options));
  registry->writer_ = std::make_unique<Writer>(std::move(connection), limits);
  return registry;
}

Result<std::unique_ptr<SqliteRegistry>> SqliteRegistry::open_read_only(
    const std::string& path, const ConnectionOptions& options) {
  std::unique_ptr<SqliteRegistry> registry(new SqliteRegistry(path, options));
  const auto reader = TRY(registry->readers_.lease());
  TRY_VOID(check_schema(*reader, FileKind::registry, registry_migrations()));
  return registry;
}

Result<void> SqliteRegistry::write(Writer::Job job) {
  if (!writer_) return fail(ErrorCode::not_allowed, "the data folder was opened for reading only");
  return writer_->write(std::move(job));
}

Result<void> SqliteRegistry::add_account(const Account& account) {
  return write([&](Connection& c) -> Result<void> {
    auto known = TRY(c.prepare("SELECT 1 FROM account WHERE name = ?1"));
    if (TRY(exists(known.bind(account.name)))) {
      return fail(ErrorCode::already_exists, "there is an account of this name", account.name);
    }
    return c.run(
        "INSERT INTO account (name, display_name, role, password_hash, active) VALUES (?1, ?2, ?3, "
        "?4, ?5)",
        account.name, account.display_name, text_of(account.role), account.password_hash,
        account.active);
  });
}

Result<void> SqliteRegistry::update_account(const Account& account) {
  return write([&](Connection& c) -> Result<void> {
    TRY_VOID(
        c.run("UPDATE account SET display_name = ?2, role = ?3, password_hash = ?4, active = ?5 "
              "WHERE name = ?1",
              account.name, account.display_name, text_of(account.role), account.password_hash,
              account.active));
    if (c.changes() == 0) {
      return fail(ErrorCode::not_found, "there is no account of this name", account.name);
    }
    return {};
  });
}

Result<std::optional<Account>> SqliteRegistry::account(std::string_view name) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare(
      "SELECT name, display_name, role, password_hash, active FROM account WHERE name = ?1"));
  if (!TRY(row.bind(name).step())) return std::nullopt;
  return TRY(account_of(row));
}

Result<std::vector<Account>> SqliteRegistry::accounts() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare(
      "SELECT name, display_name, role, password_hash, active FROM account ORDER BY name"));
  std::vector<Account> list;
  while (TRY(row.step())) list.push_back(TRY(account_of(row)));
  return list;
}

Result<void> SqliteRegistry::put_session(const Session& session) {
  return write([&](Connection& c) -> Result<void> {
    auto known = TRY(c.prepare("SELECT 1 FROM account WHERE name = ?1"));
    if (!TRY(exists(known.bind(session.account)))) {
      return fail(ErrorCode::not_found, "there is no account of this name", session.account);
    }
    return c.run(
        "INSERT INTO session (token, account, csrf, created, last_seen) VALUES (?1, ?2, ?3, ?4, "
        "?5) "
        "ON CONFLICT (token) DO UPDATE SET account = ?2, csrf = ?3, created = ?4, last_seen = ?5",
        session.token, session.account, session.csrf, session.created, session.last_seen);
  });
}

Result<std::optional<Session>> SqliteRegistry::session(const Digest& token) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(
      reader->prepare("SELECT account, csrf, created, last_seen FROM session WHERE token = ?1"));
  if (!TRY(row.bind(token).step())) return std::nullopt;
  return Session{token, row.text(0), row.text(1), row.integer(2), row.integer(3)};
}

Result<void> SqliteRegistry::remove_session(const Digest& token) {
  return write([&](Connection& c) { return c.run("DELETE FROM session WHERE token = ?1", token); });
}

Result<void> SqliteRegistry::remove_sessions_before(UnixSeconds last_seen) {
  return write(
      [&](Connection& c) { return c.run("DELETE FROM session WHERE last_seen < ?1", last_seen); });
}

Result<void> SqliteRegistry::put_setup_token(const Digest& token, UnixSeconds expires) {
  return write([&](Connection& c) {
    return c.run(
        "INSERT INTO setup_token (only_one, token, expires) VALUES (1, ?1, ?2) "
        "ON CONFLICT (only_one) DO UPDATE SET token = ?1, expires = ?2",
        token, expires);
  });
}

Result<bool> SqliteRegistry::spend_setup_token(const Digest& token, UnixSeconds now) {
  bool spent = false;
  const auto written = write([&](Connection& c) -> Result<void> {
    TRY_VOID(
        c.run("DELETE FROM setup_token WHERE token = ?1 AND expires > ?2 "
              "AND NOT EXISTS (SELECT 1 FROM account)",
              token, now));
    spent = c.changes() == 1;
    return {};
  });
  if (!written) return fail(written.error());
  return spent;
}

Result<void> SqliteRegistry::put_campaign(const Campaign& campaign) {
  return write([&](Connection& c) {
    return c.run(
        "INSERT INTO campaign (id, content) VALUES (?1, ?2) "
        "ON CONFLICT (id) DO UPDATE SET content = ?2",
        campaign.id, campaign_to_json(campaign));
  });
}

Result<std::optional<Campaign>> SqliteRegistry::campaign(std::string_view id) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT content FROM campaign WHERE id = ?1"));
  if (!TRY(row.bind(id).step())) return std::nullopt;
  return TRY(campaign_from_json(row.text(0)));
}

Result<std::vector<Campaign>> SqliteRegistry::campaigns() {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare("SELECT content FROM campaign ORDER BY id"));
  std::vector<Campaign> list;
  while (TRY(row.step())) list.push_back(TRY(campaign_from_json(row.text(0))));
  return list;
}

Result<void> SqliteRegistry::pin_definition(const PinnedDefinition& definition) {
  return write([&](Connection& c) -> Result<void> {
    const auto& identity = definition.identity;
    auto known =
        TRY(c.prepare("SELECT hash FROM definition WHERE kind = ?1 AND id = ?2 AND version = ?3"));
    if (TRY(exists(known.bind(definition.kind, identity.id, identity.version)))) {
      if (known.text(0) == identity.hash) return {};
      return fail(ErrorCode::definition_changed,
                  "this version is in use with other content; give the changed file a new version",
                  identity.label());
    }
    return c.run(
        "INSERT INTO definition (kind, id, version, hash, content) VALUES (?1, ?2, ?3, ?4, ?5)",
        definition.kind, identity.id, identity.version, identity.hash, definition.content);
  });
}

Result<std::optional<PinnedDefinition>> SqliteRegistry::pinned(std::string_view kind,
                                                               std::string_view id, int version) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare(
      "SELECT hash, content FROM definition WHERE kind = ?1 AND id = ?2 AND version = ?3"));
  if (!TRY(row.bind(kind, id, version).step())) return std::nullopt;
  return PinnedDefinition{std::string(kind), {std::string(id), version, row.text(0)}, row.text(1)};
}

Result<void> SqliteRegistry::add_record(const Record& record) {
  return write([&](Connection& c) -> Result<void> {
    auto known = TRY(c.prepare("SELECT 1 FROM record WHERE kind = ?1 AND id = ?2"));
    if (TRY(exists(known.bind(record.kind, record.id)))) {
      return fail(ErrorCode::already_exists, "a record is never replaced",
                  record.kind + "/" + record.id);
    }
    return c.run(
        "INSERT INTO record (kind, id, subject, content, hash, created, author) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        record.kind, record.id, record.subject, record.content, record.hash, record.created,
        record.author);
  });
}

Result<std::optional<Record>> SqliteRegistry::record(std::string_view kind, std::string_view id) {
  const auto reader = TRY(readers_.lease());
  auto row =
      TRY(reader->prepare("SELECT kind, id, subject, content, hash, created, author FROM record "
                          "WHERE kind = ?1 AND id = ?2"));
  if (!TRY(row.bind(kind, id).step())) return std::nullopt;
  return record_of(row);
}

Result<std::vector<Record>> SqliteRegistry::records(std::string_view kind,
                                                    std::string_view subject) {
  const auto reader = TRY(readers_.lease());
  auto row =
      TRY(reader->prepare("SELECT kind, id, subject, content, hash, created, author FROM record "
                          "WHERE kind = ?1 AND (?2 = '' OR subject = ?2) ORDER BY number DESC"));
  row.bind(kind, subject);
  std::vector<Record> list;
  while (TRY(row.step())) list.push_back(record_of(row));
  return list;
}

Result<void> SqliteRegistry::append_journal(JournalEntry entry) {
  return write([&](Connection& c) { return append_to_journal(c, entry); });
}

Result<void> SqliteRegistry::each_journal_entry(
    const std::function<void(const JournalEntry&)>& visit) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(reader->prepare(
      "SELECT number, time, account, action, subject, detail, chain FROM journal ORDER BY number"));
  while (TRY(row.step())) {
    visit({row.integer(0), row.integer(1), row.text(2), row.text(3), row.text(4), row.text(5),
           row.text(6)});
  }
  return {};
}

Result<std::int64_t> SqliteRegistry::append_fact_entries(std::vector<FactEntry> entries,
                                                         JournalEntry journal) {
  std::int64_t first = 0;
  const auto written = write([&](Connection& c) -> Result<void> {
    auto last = TRY(c.prepare("SELECT coalesce(max(number), 0) FROM fact_entry"));
    TRY(last.step());
    first = last.integer(0) + 1;
    std::int64_t number = first;
    for (const auto& entry : entries) {
      if (entry.supersedes == 0) {
        TRY_VOID(c.run(
            "INSERT INTO fact_entry (number, content, hash, created, author, removed) "
            "VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            number, entry.content, entry.hash, entry.created, entry.author));
      } else {
        TRY_VOID(check_superseded(c, entry.supersedes));
        TRY_VOID(c.run(
            "INSERT INTO fact_entry (number, content, hash, supersedes, created, author, removed) "
            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
            number, entry.content, entry.hash, entry.supersedes, entry.created, entry.author));
      }
      ++number;
    }
    JournalEntry complete = journal;
    complete_fact_journal(complete, first, entries);
    return append_to_journal(c, std::move(complete));
  });
  if (!written) return fail(written.error());
  return first;
}

Result<void> SqliteRegistry::each_fact_entry(std::int64_t after,
                                             const std::function<void(const FactEntry&)>& visit) {
  const auto reader = TRY(readers_.lease());
  auto row = TRY(
      reader->prepare("SELECT number, content, hash, coalesce(supersedes, 0), created, author, "
                      "removed FROM fact_entry WHERE number > ?1 ORDER BY number"));
  row.bind(after);
  while (TRY(row.step())) {
    visit({row.integer(0), row.text(1), row.text(2), row.integer(3), row.integer(4), row.text(5),
           row.integer(6)});
  }
  return {};
}

Result<void> SqliteRegistry::remove_fact_contents(const std::vector<std::int64_t>& numbers,
                                                  JournalEntry journal) {
  if (!writer_) return fail(ErrorCode::not_allowed, "the data folder was opened for reading only");
  return writer_->write(
      [&](Connection& c) -> Result<void> {
        for (const std::int64_t number : numbers) {
          TRY_VOID(
              c.run("UPDATE fact_entry SET content = '', removed = ?2 WHERE number = ?1 AND "
                    "removed = 0",
                    number, journal.time));
          if (c.changes() == 0) {
            return fail(ErrorCode::not_found, "no such entry with content", std::to_string(number));
          }
        }
        JournalEntry complete = journal;
        complete.subject = fact_numbers(numbers);
        return append_to_journal(c, std::move(complete));
      },
      Writer::Kind::truncating);
}

Result<void> SqliteRegistry::copy_to(const std::string& path) {
  const auto reader = TRY(readers_.lease());
  return copy_file(*reader, path);
}

}  // namespace khaosat::sqlite
