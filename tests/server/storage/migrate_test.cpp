// Leading a file from schema to schema, killed at any statement.
#include "server/storage/sqlite/migrate.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <set>

#include "server/storage/sqlite/sqlite_registry.h"
#include "tests/server/storage/sqlite_files.h"
#include "tests/support/answers_sample.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
using sqlite::Access;
using sqlite::Connection;
using test::column;
using test::open_store;

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
