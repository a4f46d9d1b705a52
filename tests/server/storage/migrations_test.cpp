// Every released schema of every file, with rows in every table, is led to the newest: killed before each
// statement, on a disk that fails at each operation. Nothing here names a table or a number: a new
// migration is covered by being there.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>

#include "server/storage/sqlite/migrate.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using namespace khaosat::sqlite;

namespace {

struct File {
  std::string name;
  FileKind kind;
  const std::vector<Migration>* migrations;
};

std::vector<File> files() {
  return {{"registry", FileKind::registry, &registry_migrations()},
          {"answers", FileKind::answers, &answers_migrations()},
          {"paper", FileKind::paper, &paper_migrations()}};
}

std::vector<Migration> first(const File& file, std::size_t count) {
  return {file.migrations->begin(), file.migrations->begin() + static_cast<std::ptrdiff_t>(count)};
}

std::vector<std::vector<std::string>> rows_of(Connection& c, const std::string& sql, int columns) {
  // Statements are kept by the address of their text, so the text is kept too.
  static std::map<std::string, std::string> texts;
  const std::string& text = texts.emplace(sql, sql).first->second;
  auto statement = c.prepare(text.c_str());
  REQUIRE(statement);
  std::vector<std::vector<std::string>> rows;
  while (*statement->step()) {
    std::vector<std::string> row;
    for (int i = 0; i < columns; ++i) row.push_back(statement->text(i));
    rows.push_back(row);
  }
  return rows;
}

std::vector<std::vector<std::string>> tables_of(Connection& c) {
  return rows_of(c, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid", 2);
}

// What a CHECK says about the column, or a plain value of its type. The same values everywhere, so that
// references hold.
std::string value_for(const std::string& column, const std::string& type, const std::string& table_sql, int row) {
  std::smatch found;
  if (std::regex_search(table_sql, found, std::regex("\\b" + column + " IN \\(('?)([^',)]*)"))) {
    return found[1].str() + found[2].str() + found[1].str();
  }
  if (std::regex_search(table_sql, found, std::regex("length\\(" + column + "\\) = (\\d+)"))) {
    std::string blob = "X'";
    for (int i = 0; i < std::stoi(found[1]); ++i) blob += row == 1 ? "a1" : "b2";
    return blob + "'";
  }
  if (std::regex_search(table_sql, found, std::regex("\\b" + column + " = (\\d+)\\)"))) return found[1];
  if (type == "INTEGER") return std::to_string(row);
  if (type == "BLOB") return row == 1 ? "X'a1a1'" : "X'b2b2'";
  return "'{\"v\":" + std::to_string(row) + "}'";  // also good where JSON is wanted
}

// Up to two rows in every table; returns how many each has.
std::map<std::string, int> fill(Connection& c) {
  REQUIRE(c.execute("PRAGMA foreign_keys = OFF"));
  for (const auto& table : tables_of(c)) {
    const auto columns = rows_of(c, "SELECT name, type FROM pragma_table_info('" + table[0] + "')", 2);
    for (int row = 1; row <= 2; ++row) {
      std::string values;
      for (const auto& column : columns) {
        values += (values.empty() ? "" : ", ") + value_for(column[0], column[1], table[1], row);
      }
      const auto put = c.execute("INSERT INTO " + table[0] + " VALUES (" + values + ")");
      INFO(table[0] << ": " << values << (put ? "" : " " + put.error().message));
      if (row == 1) CHECK(put);  // the second may break a rule of uniqueness
    }
  }
  std::map<std::string, int> counts;
  for (const auto& table : tables_of(c)) {
    counts[table[0]] = std::stoi(rows_of(c, "SELECT count(*) FROM " + table[0], 1)[0][0]);
  }
  return counts;
}

std::map<std::string, int> make_old(const File& file, std::size_t schema, const std::string& path) {
  auto c = Connection::open(path, Access::write);
  REQUIRE(c);
  REQUIRE((*c)->use_write_ahead_log());
  REQUIRE(migrate(**c, file.kind, first(file, schema)));
  return fill(**c);
}

int migrate_newest(const File& file, const std::string& path, const ConnectionOptions& options = {},
                   void (*before_each)(const char*) = nullptr) {
  auto c = Connection::open(path, Access::write, options);
  if (!c) return 1;
  return migrate(**c, file.kind, *file.migrations, before_each) ? 0 : 1;
}

std::vector<std::vector<std::string>> schema_of(Connection& c) {
  return rows_of(c, "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name", 3);
}

// A migration may empty a table on purpose: it says so.
bool is_emptied(const File& file, const std::string& table) {
  for (const auto& migration : *file.migrations) {
    if (std::string(migration.sql).find("DELETE FROM " + table + ";") != std::string::npos) return true;
  }
  return false;
}

// Empty, or what is wrong: at one of the schemas, whole, as a fresh file would be, no row gone from a
// table that stayed.
std::string trouble(const File& file, const std::string& path, std::size_t oldest, const std::map<std::string, int>& counts) {
  auto c = Connection::open(path, Access::write);
  if (!c) return "does not open: " + c.error().message;
  const int schema = schema_number(**c).value();
  if (schema < static_cast<int>(oldest) || schema > static_cast<int>(file.migrations->size())) return "schema " + std::to_string(schema);
  if (rows_of(**c, "PRAGMA integrity_check", 1) != std::vector<std::vector<std::string>>{{"ok"}}) return "damaged";
  if (!rows_of(**c, "PRAGMA foreign_key_check", 1).empty()) return "broken references";
  test::TemporaryFolder folder(test::quick_parent());
  auto fresh = Connection::open(folder.file("fresh.db"), Access::write);
  REQUIRE(migrate(**fresh, file.kind, first(file, static_cast<std::size_t>(schema))));
  if (schema_of(**c) != schema_of(**fresh)) return "not the schema of a fresh file";
  for (const auto& table : tables_of(**c)) {
    const auto had = counts.find(table[0]);
    if (had == counts.end() || is_emptied(file, table[0])) continue;
    if (std::stoi(rows_of(**c, "SELECT count(*) FROM " + table[0], 1)[0][0]) < had->second) return "rows of " + table[0] + " are gone";
  }
  return "";
}

int statements = 0;
int die_at = 0;
void count_or_die(const char*) {
  if (++statements == die_at) ::_exit(9);
}

template <typename Work>
int in_child(Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(99);
    ::_exit(work());
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

}  // namespace

TEST_CASE("every schema with data leads to the newest, whatever statement the program is killed before") {
  int kills = 0;
  for (const auto& file : files()) {
    for (std::size_t from = 0; from < file.migrations->size(); ++from) {
      INFO(file.name << " from schema " << from);
      test::TemporaryFolder folder(test::quick_parent());
      const std::string old = folder.file("old.db");
      const auto counts = make_old(file, from, old);
      if (from > 0) CHECK(counts.size() > 0);
      const auto copy = [&](const std::string& name) {
        std::filesystem::copy_file(old, folder.file(name));
        return folder.file(name);
      };
      statements = 0;
      die_at = 0;
      const std::string whole = copy("whole.db");
      REQUIRE(migrate_newest(file, whole, {}, count_or_die) == 0);
      const int all = statements;
      CHECK(trouble(file, whole, file.migrations->size(), counts) == "");
      for (int at = 1; at <= all; ++at) {
        INFO("killed before statement " << at << " of " << all);
        const std::string path = copy("killed" + std::to_string(at) + ".db");
        REQUIRE(in_child([&] {
          statements = 0;
          die_at = at;
          return migrate_newest(file, path, {}, count_or_die);
        }) == 9);
        CHECK(trouble(file, path, from, counts) == "");
        REQUIRE(migrate_newest(file, path) == 0);
        CHECK(trouble(file, path, file.migrations->size(), counts) == "");
        ++kills;
      }
    }
  }
  std::cout << "migrations: " << kills << " kills" << std::endl;
}

TEST_CASE("every schema with data leads to the newest after whatever the disk did meanwhile") {
  int runs = 0;
  int failed = 0;
  for (const auto& file : files()) {
    for (std::size_t from = 0; from < file.migrations->size(); ++from) {
      for (const auto fault : {DiskFault::io_error, DiskFault::full, DiskFault::short_write, DiskFault::flush_error}) {
        for (const bool persistent : {false, true}) {
          bool reached = true;
          for (int at = 1; reached && at < 400; at += persistent ? 3 : 1) {
            test::TemporaryFolder folder(test::quick_parent());
            const std::string path = folder.file("x.db");
            const auto counts = make_old(file, from, path);
            const int code = in_child([&] {
              auto& disk = TestDisk::instance();
              disk.reset();
              disk.fail(fault, at, persistent);
              ConnectionOptions options;
              options.vfs = TestDisk::kName;
              const int result = migrate_newest(file, path, options);
              return result == 0 && disk.operations(fault) < at ? 50 : result;
            });
            INFO(file.name << " from schema " << from << ", fault " << static_cast<int>(fault) << " at " << at << ", code " << code);
            reached = code != 50;
            REQUIRE((code == 0 || code == 1 || code == 50 || code == exit_code_of(ErrorCode::storage_failed)));
            if (code == 0 || code == 50) CHECK(trouble(file, path, file.migrations->size(), counts) == "");
            CHECK(trouble(file, path, from, counts) == "");
            REQUIRE(migrate_newest(file, path) == 0);
            CHECK(trouble(file, path, file.migrations->size(), counts) == "");
            ++runs;
            failed += code != 0 && code != 50;
          }
        }
      }
    }
  }
  std::cout << "migrations on a failing disk: " << runs << " runs, " << failed << " failed and went on later" << std::endl;
  CHECK(failed > 0);
}

TEST_CASE("a file of a newer schema is refused and left as it is") {
  for (const auto& file : files()) {
    test::TemporaryFolder folder(test::quick_parent());
    const std::string path = folder.file("x.db");
    (void)make_old(file, file.migrations->size(), path);
    {
      auto c = Connection::open(path, Access::write);
      REQUIRE((*c)->execute("PRAGMA user_version = " + std::to_string(file.migrations->size() + 1)));
    }
    const auto bytes = [&] {
      std::ifstream in(path, std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const std::string before = bytes();
    {
      auto c = Connection::open(path, Access::write);
      const auto refused = migrate(**c, file.kind, *file.migrations);
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::schema_newer);
      CHECK(refused.error().message.find("newer version") != std::string::npos);
    }
    CHECK(bytes() == before);
  }
}
