#include "server/storage/sqlite/sqlite_store.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "server/storage/sqlite/migrate.h"
#include "server/storage/sqlite/sqlite_answers.h"
#include "server/storage/sqlite/sqlite_registry.h"
#include "server/storage/sqlite/writer.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using namespace khaosat::sample;
using sqlite::Access;
using sqlite::Connection;
using sqlite::Writer;

namespace {

std::unique_ptr<SqliteStore> open_store(const std::string& folder) {
  auto store = SqliteStore::open(folder);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

std::vector<std::string> column(Connection& c, const char* sql) {
  std::vector<std::string> values;
  auto row = c.prepare(sql);
  REQUIRE(row);
  while (*row->step()) values.push_back(row->text(0));
  return values;
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777u;
}

}  // namespace

TEST_CASE("a second program on the same data folder is refused and told who holds it") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = open_store(folder.file("data"));
  const auto second = SqliteStore::open(folder.file("data"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::data_in_use);
  CHECK(second.error().message.find("process " + std::to_string(::getpid())) != std::string::npos);
  store.reset();
  CHECK(SqliteStore::open(folder.file("data")));
}

TEST_CASE("a killed program leaves no lock behind") {
  test::TemporaryFolder folder(test::quick_parent());
  const pid_t child = ::fork();
  if (child == 0) {
    auto store = SqliteStore::open(folder.file("data"));
    ::_exit(store ? 7 : 1);  // without closing anything
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 7);
  CHECK(SqliteStore::open(folder.file("data")));
}

TEST_CASE("files are the program's own") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = open_store(folder.file("data"));
  auto answers = *store->answers("test000001");
  REQUIRE(answers->accept(arrival(1, "a", false)));
  CHECK(mode_of(folder.file("data")) == 0700);
  for (const std::string name :
       {"data/registry.db", "data/registry.db-wal", "data/answers/test000001.db",
        "data/answers/test000001.db-wal", "data/answers/test000001.db-shm", "data/khaosat.lock"}) {
    INFO(name);
    CHECK(mode_of(folder.file(name)) == 0600);
  }
}

TEST_CASE("everything is there after a restart, also in the middle of a campaign") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string data = folder.file("data");
  {
    auto store = open_store(data);
    REQUIRE(store->registry().put_campaign(campaign()));
    REQUIRE(store->registry().append_journal({0, 5, "an", "campaign.open", "test000001", "", ""}));
    auto answers = *store->answers("test000001");
    REQUIRE(answers->add_slips(cell_of("a"), slips(0, 60)));
    for (int i = 0; i < 35; ++i) REQUIRE(answers->accept(arrival(i)));
    REQUIRE(answers->form_batches(campaign(), unseal)->batches == 2);
  }
  CHECK_FALSE(std::filesystem::exists(data + "/answers/test000001.db-wal"));
  {
    auto store = open_store(data);
    CHECK(store->registry().campaign("test000001")->has_value());
    CHECK(*store->campaigns_with_answers() == std::vector<std::string>{"test000001"});
    auto answers = *store->answers("test000001");
    CHECK(*answers->accept(arrival(3)) == ArrivalOutcome::repeated);
    auto thief = arrival(100);
    thief.slip = digest("slip", 3);
    CHECK(*answers->accept(thief) == ArrivalOutcome::slip_refused);
    for (int i = 35; i < 40; ++i) CHECK(*answers->accept(arrival(i)) == ArrivalOutcome::accepted);
    CHECK(answers->close(campaign(), unseal)->responses == 40);
  }
  auto store = open_store(data);
  auto answers = *store->answers("test000001");
  CHECK(*answers->is_closed());
  CHECK(answers->close(campaign(), unseal)->responses == 40);
  std::set<std::string> words;
  REQUIRE(answers->each_response([&](const Response& r) { words.insert(r.packed); }));
  CHECK(words.size() == 40);
}

TEST_CASE("another program can read closed answers beside the server, and change nothing") {
  test::TemporaryFolder folder(test::quick_parent());
  auto server = open_store(folder.file("data"));
  REQUIRE(server->registry().put_campaign(campaign()));
  auto open_answers = *server->answers("stillopen");
  REQUIRE(open_answers->accept(arrival(1, "a", false)));
  auto closed_answers = *server->answers("test000001");
  for (int i = 0; i < 12; ++i) REQUIRE(closed_answers->accept(arrival(i, "a", false)));
  REQUIRE(closed_answers->close(campaign(), unseal));

  auto reader = SqliteStore::open_read_only(folder.file("data"));
  REQUIRE(reader);
  CHECK((*reader)->registry().campaign("test000001")->has_value());
  auto answers = (*reader)->answers("test000001");
  REQUIRE(answers);
  int seen = 0;
  REQUIRE((*answers)->each_response([&](const Response&) { ++seen; }));
  CHECK(seen == 12);

  CHECK((*reader)->registry().put_campaign(campaign()).error().code == ErrorCode::not_allowed);
  auto still_open = (*reader)->answers("stillopen");
  REQUIRE(still_open);
  CHECK((*still_open)->accept(arrival(2, "a", false)).error().code == ErrorCode::not_allowed);
  CHECK((*still_open)->close(campaign(), unseal).error().code == ErrorCode::not_allowed);
  CHECK((*still_open)->each_response([](const Response&) {}).error().code ==
        ErrorCode::campaign_not_closed);
  CHECK((*reader)->answers("unknown").error().code == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(folder.file("data/answers/unknown.db")));
  // The server goes on meanwhile.
  CHECK(open_answers->accept(arrival(2, "a", false)));
}

TEST_CASE(
    "a reader that stays does not keep submissions waiting, and the log is emptied when it goes") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string path = folder.file("answers.db");
  auto answers = sqlite::SqliteAnswers::open(path, {}, {});
  REQUIRE(answers);
  for (int i = 0; i < 20; ++i) REQUIRE((*answers)->accept(arrival(i, "a", false)));
  auto reader = Connection::open(path, Access::read);
  REQUIRE(reader);
  REQUIRE((*reader)->run("BEGIN"));
  REQUIRE(column(**reader, "SELECT count(*) FROM inbox") == std::vector<std::string>{"20"});
  CHECK((*answers)->form_batches(campaign(), unseal)->batches == 1);
  CHECK(std::filesystem::file_size(path + "-wal") > 0);
  CHECK(*(*answers)->accept(arrival(50, "a", false)) == ArrivalOutcome::accepted);
  REQUIRE((*reader)->run("COMMIT"));
  for (int wait = 0; wait < 100 && std::filesystem::file_size(path + "-wal") > 0; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(std::filesystem::file_size(path + "-wal") == 0);
}

TEST_CASE("more than the queue holds is refused at once, and told to come back") {
  test::TemporaryFolder folder(test::quick_parent());
  auto connection = Connection::open(folder.file("x.db"), Access::write);
  REQUIRE(connection);
  REQUIRE((*connection)->use_write_ahead_log());
  sqlite::WriterLimits limits;
  limits.queue = 3;
  Writer writer(std::move(*connection), limits);
  std::promise<void> go;
  auto gate = go.get_future().share();
  std::atomic<int> inside{0};
  std::vector<std::thread> callers;
  callers.emplace_back([&] {
    CHECK(writer.write([&](Connection&) -> Result<void> {
      ++inside;
      gate.wait();
      return {};
    }));
  });
  while (inside == 0) std::this_thread::yield();
  std::atomic<int> done{0};
  std::atomic<int> busy{0};
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      const auto result = writer.write([](Connection&) -> Result<void> { return {}; });
      if (result) {
        ++done;
      } else if (result.error().code == ErrorCode::storage_busy) {
        ++busy;
      }
    });
  }
  while (busy < 5) std::this_thread::yield();
  go.set_value();
  for (auto& caller : callers) caller.join();
  CHECK(done == 3);
  CHECK(busy == 5);
  CHECK(http_status_of(ErrorCode::storage_busy) == 503);
}

TEST_CASE("one job's failure undoes that job only; an exception is a failure") {
  test::TemporaryFolder folder(test::quick_parent());
  auto connection = Connection::open(folder.file("x.db"), Access::write);
  REQUIRE(connection);
  REQUIRE((*connection)->use_write_ahead_log());
  Writer writer(std::move(*connection));
  REQUIRE(writer.write([](Connection& c) { return c.execute("CREATE TABLE t (x INTEGER)"); }));
  std::vector<std::thread> callers;
  std::atomic<int> failed{0};
  for (int i = 0; i < 60; ++i) {
    callers.emplace_back([&, i] {
      const auto result = writer.write([i](Connection& c) -> Result<void> {
        TRY_VOID(c.run("INSERT INTO t VALUES (?1)", i));
        if (i % 3 == 0) return fail(ErrorCode::already_exists, "no");
        if (i % 3 == 1) throw std::runtime_error("thrown");
        return {};
      });
      failed += result ? 0 : 1;
    });
  }
  for (auto& caller : callers) caller.join();
  CHECK(failed == 40);
  std::vector<std::string> kept;
  REQUIRE(writer.write([&](Connection& c) -> Result<void> {
    kept = column(c, "SELECT x FROM t ORDER BY x");
    return {};
  }));
  REQUIRE(kept.size() == 20);
  CHECK(kept[0] == "2");
  CHECK(kept[19] == "59");
}

TEST_CASE("rows that must stay cannot be changed or deleted, not even by us") {
  test::TemporaryFolder folder(test::quick_parent());
  {
    auto store = open_store(folder.file("data"));
    REQUIRE(store->registry().append_journal({0, 1, "an", "a", "", "", ""}));
    REQUIRE(store->registry().add_record({"index_run", "r", "", "{}", "", 1, ""}));
    REQUIRE(store->registry().pin_definition({"scale", {"s", 1, "h"}, "{}"}));
    auto answers = *store->answers("test000001");
    for (int i = 0; i < 20; ++i) REQUIRE(answers->accept(arrival(i, "a", false)));
    REQUIRE(answers->form_batches(campaign(), unseal)->batches == 1);
  }
  const auto refused = [](Connection& c, const std::string& sql) {
    const auto result = c.execute(sql);
    INFO(sql);
    CHECK_FALSE(result);
  };
  auto registry = Connection::open(folder.file("data/registry.db"), Access::write);
  REQUIRE(registry);
  for (const std::string table : {"journal", "record", "definition"}) {
    refused(**registry, "DELETE FROM " + table);
  }
  refused(**registry, "UPDATE journal SET detail = 'x'");
  refused(**registry, "UPDATE record SET content = 'x'");
  refused(**registry, "UPDATE definition SET content = 'x'");
  auto answers = Connection::open(folder.file("data/answers/test000001.db"), Access::write);
  REQUIRE(answers);
  refused(**answers, "DELETE FROM response");
  refused(**answers, "UPDATE response SET packed = x'00'");
  refused(**answers, "UPDATE response SET batch = 9");
}

TEST_CASE("the schema keeps its rules") {
  test::TemporaryFolder folder(test::quick_parent());
  {
    auto store = open_store(folder.file("data"));
    REQUIRE(store->answers("test000001"));
  }
  for (const std::string file : {"data/registry.db", "data/answers/test000001.db"}) {
    auto opened = Connection::open(folder.file(file), Access::write);
    REQUIRE(opened);
    auto& c = **opened;
    for (const auto& table : column(c, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
      INFO(file << " " << table);
      // Every foreign key is the front of a primary key or an index.
      auto keys = c.prepare("SELECT \"from\" FROM pragma_foreign_key_list(?1)");
      keys->bind(table);
      while (*keys->step()) {
        auto index = c.prepare(
            "SELECT 1 FROM pragma_index_list(?1) AS i, pragma_index_info(i.name) AS f "
            "WHERE f.seqno = 0 AND f.name = ?2");
        CHECK(*index->bind(table, keys->text(0)).step());
      }
      // Strict types everywhere.
      auto strict = c.prepare("SELECT strict, wr FROM pragma_table_list WHERE name = ?1");
      REQUIRE(*strict->bind(table).step());
      CHECK(strict->number(0) == 1);
      if (file.find("answers/") == std::string::npos) continue;
      // Answers: no rowid, no time.
      CHECK(strict->number(1) == 1);
      auto columns = c.prepare("SELECT lower(name) FROM pragma_table_info(?1)");
      columns->bind(table);
      while (*columns->step()) {
        const std::string name = columns->text(0);
        for (const char* word :
             {"time", "date", "day", "hour", "created", "seen", "address", "device", "person"}) {
          CHECK(name.find(word) == std::string::npos);
        }
      }
    }
    CHECK(column(c, "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'").empty());
  }
}

TEST_CASE("a connection has the settings that durability and forgetting rest on") {
  test::TemporaryFolder folder(test::quick_parent());
  auto opened = Connection::open(folder.file("x.db"), Access::write);
  REQUIRE(opened);
  auto& c = **opened;
  REQUIRE(c.use_write_ahead_log());
  CHECK(column(c, "PRAGMA journal_mode") == std::vector<std::string>{"wal"});
  CHECK(column(c, "PRAGMA synchronous") == std::vector<std::string>{"2"});
  CHECK(column(c, "PRAGMA foreign_keys") == std::vector<std::string>{"1"});
  CHECK(column(c, "PRAGMA secure_delete") == std::vector<std::string>{"1"});
  CHECK(column(c, "PRAGMA trusted_schema") == std::vector<std::string>{"0"});
  CHECK(column(c, "PRAGMA cell_size_check") == std::vector<std::string>{"1"});
  CHECK(column(c, "PRAGMA temp_store") == std::vector<std::string>{"2"});
  CHECK(column(c, "PRAGMA wal_autocheckpoint") == std::vector<std::string>{"0"});
  CHECK(column(c, "PRAGMA mmap_size") == std::vector<std::string>{"0"});
  CHECK(column(c, "PRAGMA busy_timeout") == std::vector<std::string>{"5000"});
}

// --- migrations ----------------------------------------------------------------------------------

namespace {

// Three schemas of an imagined file, to test the machinery while there is only one real schema.
const std::vector<sqlite::Migration> kMade = {
    {1, "first", "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1), (2);"},
    {2, "second",
     "CREATE TABLE b (y INTEGER);\n-- moves\nINSERT INTO b SELECT x * 10 FROM a; DROP TABLE a;"},
    {3, "third",
     "ALTER TABLE b RENAME TO c; INSERT INTO c VALUES (30); CREATE INDEX c_by_y ON c (y);"}};

int statements_seen = 0;
int die_at = 0;
void count_statement(const char*) { ++statements_seen; }
void die_at_statement(const char*) {
  if (++statements_seen == die_at) ::_exit(9);
}

std::vector<sqlite::Migration> first(std::size_t count) {
  return {kMade.begin(), kMade.begin() + static_cast<std::ptrdiff_t>(count)};
}

Result<void> migrate_file(const std::string& path, const std::vector<sqlite::Migration>& to,
                          void (*before_each)(const char*) = nullptr) {
  auto c = TRY(Connection::open(path, Access::write));
  TRY_VOID(c->use_write_ahead_log());
  return sqlite::migrate(*c, sqlite::FileKind::registry, to, before_each);
}

// The schema the file is at, after checking that it is whole.
int whole_schema(const std::string& path) {
  auto c = Connection::open(path, Access::write);
  REQUIRE(c);
  const int number = *sqlite::schema_number(**c);
  const auto tables = column(**c, "SELECT name FROM sqlite_schema ORDER BY name");
  switch (number) {
    case 0:
      CHECK(tables.empty());
      break;
    case 1:
      CHECK(tables == std::vector<std::string>{"a"});
      CHECK(column(**c, "SELECT x FROM a ORDER BY x") == std::vector<std::string>{"1", "2"});
      break;
    case 2:
      CHECK(tables == std::vector<std::string>{"b"});
      CHECK(column(**c, "SELECT y FROM b ORDER BY y") == std::vector<std::string>{"10", "20"});
      break;
    case 3:
      CHECK(tables == std::vector<std::string>{"c", "c_by_y"});
      CHECK(column(**c, "SELECT y FROM c ORDER BY y") ==
            std::vector<std::string>{"10", "20", "30"});
      break;
    default:
      FAIL("schema " << number);
  }
  return number;
}

}  // namespace

TEST_CASE(
    "migrations lead from every schema to the newest, and a kill at any statement to none "
    "between") {
  const std::size_t from = GENERATE(0u, 1u, 2u);
  statements_seen = 0;
  int statements = 0;
  {
    test::TemporaryFolder folder(test::quick_parent());
    REQUIRE(migrate_file(folder.file("x.db"), first(from)));
    REQUIRE(migrate_file(folder.file("x.db"), kMade, count_statement));
    statements = statements_seen;
    CHECK(whole_schema(folder.file("x.db")) == 3);
    // Nothing to do the second time.
    REQUIRE(migrate_file(folder.file("x.db"), kMade, count_statement));
    CHECK(statements_seen == statements);
  }
  REQUIRE(statements > 4);
  std::set<int> stopped_at;
  for (die_at = 1; die_at <= statements; ++die_at) {
    test::TemporaryFolder folder(test::quick_parent());
    const std::string path = folder.file("x.db");
    REQUIRE(migrate_file(path, first(from)));
    const pid_t child = ::fork();
    if (child == 0) {
      statements_seen = 0;
      (void)migrate_file(path, kMade, die_at_statement).has_value();
      ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WEXITSTATUS(status) == 9);
    INFO("killed before statement " << die_at);
    stopped_at.insert(whole_schema(path));
    REQUIRE(migrate_file(path, kMade));
    CHECK(whole_schema(path) == 3);
  }
  // Every schema from the old one on was met, except the newest, whose commit is the last
  // statement.
  CHECK(stopped_at.size() == 3 - from);
}

TEST_CASE("a migration that fails leaves the schema before it") {
  test::TemporaryFolder folder(test::quick_parent());
  auto broken = first(2);
  broken[1].sql = "CREATE TABLE b (y INTEGER); INSERT INTO nowhere VALUES (1);";
  CHECK_FALSE(migrate_file(folder.file("x.db"), broken));
  CHECK(whole_schema(folder.file("x.db")) == 1);
}

TEST_CASE("a newer schema or somebody else's file is refused untouched") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string path = folder.file("x.db");
  REQUIRE(migrate_file(path, kMade));
  const auto newer = migrate_file(path, first(2));
  REQUIRE_FALSE(newer);
  CHECK(newer.error().code == ErrorCode::schema_newer);
  CHECK(whole_schema(path) == 3);
  auto c = Connection::open(path, Access::write);
  const auto other = sqlite::migrate(**c, sqlite::FileKind::answers, kMade);
  REQUIRE_FALSE(other);
  CHECK(other.error().message.find("another purpose") != std::string::npos);
  c->reset();

  // The same through the front door.
  const std::string data = folder.file("data");
  { auto store = open_store(data); }
  {
    auto registry = Connection::open(data + "/registry.db", Access::write);
    REQUIRE((*registry)->execute("PRAGMA user_version = 999"));
  }
  const auto opened = SqliteStore::open(data);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code == ErrorCode::schema_newer);
}

TEST_CASE("a file that is no database is refused and left as it is") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string data = folder.file("data");
  { auto store = open_store(data); }
  const std::string text(5000, 'x');
  std::ofstream(data + "/answers/bad.db") << text;
  auto store = open_store(data);
  const auto refused = store->answers("bad");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::storage_failed);
  CHECK(refused.error().message.find("restore") != std::string::npos);
  std::ifstream in(data + "/answers/bad.db");
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
}

TEST_CASE("accounts of the first schema are there after roles became the program's list") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string path = folder.file("registry.db");
  {
    auto c = Connection::open(path, Access::write);
    REQUIRE(c);
    const auto& all = sqlite::registry_migrations();
    REQUIRE(sqlite::migrate(**c, sqlite::FileKind::registry, {all.begin(), all.begin() + 1}));
    REQUIRE((*c)->run("INSERT INTO account VALUES ('an', 'An', 'jury', 'hash', 1)"));
    REQUIRE((*c)->run("INSERT INTO session VALUES (?1, 'an', 'csrf', 1, 1)", sample::digest("t", 1)));
    CHECK_FALSE((*c)->run("INSERT INTO account VALUES ('binh', 'Bình', 'clerk', 'hash', 1)"));
  }
  auto registry = sqlite::SqliteRegistry::open(path, {}, {});
  REQUIRE(registry);
  const auto an = (*registry)->account("an");
  REQUIRE(an->has_value());
  CHECK((*an)->role == Role::jury);
  REQUIRE((*registry)->add_account({"binh", "Bình", Role::clerk, "hash", true}));
  CHECK((*(*registry)->account("binh"))->role == Role::clerk);
  REQUIRE((*registry)->put_session({sample::digest("t", 2), "binh", "csrf", 1, 1}));
}

TEST_CASE("numbers of the built-in migrations have no gap") {
  for (const auto* list : {&sqlite::registry_migrations(), &sqlite::answers_migrations(), &sqlite::paper_migrations()}) {
    REQUIRE_FALSE(list->empty());
    for (std::size_t i = 0; i < list->size(); ++i)
      CHECK((*list)[i].number == static_cast<int>(i) + 1);
  }
}
