// Opening stores and looking into their files, for the tests of SQLite alone.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::test {

inline std::unique_ptr<SqliteStore> open_store(const std::string& folder) {
  auto store = SqliteStore::open(folder);
  if (!store) FAIL(store.error().message);
  return std::move(*store);
}

// The first column of what `sql` finds.
inline std::vector<std::string> column(sqlite::Connection& c, const char* sql) {
  std::vector<std::string> values;
  auto row = c.prepare(sql);
  REQUIRE(row);
  while (*row->step()) values.push_back(row->text(0));
  return values;
}

}  // namespace khaosat::test
