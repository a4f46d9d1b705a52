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
#include "tests/server/storage/sqlite_files.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using namespace khaosat::sample;
using test::column;
using test::open_store;
using sqlite::Access;
using sqlite::Connection;
using sqlite::Writer;

namespace {

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
