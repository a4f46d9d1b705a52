// Schemas by number. Released migrations are never edited; a change is a new number. The files are
// migrations/<database>/<number>_<name>.sql, built into the program.
#pragma once

#include <vector>

#include "base/result.h"
#include "server/storage/sqlite/connection.h"

namespace khaosat::sqlite {

struct Migration {
  int number = 0;  // 1, 2, … without gaps
  const char* name = nullptr;
  const char* sql = nullptr;
};

// What a file is for; kept in its header (PRAGMA application_id).
enum class FileKind : std::int32_t { registry = 0x4B535231, answers = 0x4B534131, paper = 0x4B535031 };  // KSR1, KSA1, KSP1

const std::vector<Migration>& registry_migrations();
const std::vector<Migration>& answers_migrations();
const std::vector<Migration>& paper_migrations();

// Brings the file to the newest schema, each number in a transaction of its own.
// schema_newer: written by a newer program, nothing was touched. storage_failed: a file of another
// kind. `before_each` sees each statement before it runs, for tests that stop there.
Result<void> migrate(Connection& connection, FileKind kind,
                     const std::vector<Migration>& migrations,
                     void (*before_each)(const char*) = nullptr);

// The same check without changing anything; an older schema is refused too.
Result<void> check_schema(Connection& connection, FileKind kind,
                          const std::vector<Migration>& migrations);

Result<int> schema_number(Connection& connection);

}  // namespace khaosat::sqlite
