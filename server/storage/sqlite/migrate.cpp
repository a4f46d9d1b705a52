#include "server/storage/sqlite/migrate.h"

namespace khaosat::sqlite {

namespace {

Result<int> number_of(Connection& connection, const char* pragma) {
  auto statement = TRY(connection.prepare(pragma));
  TRY(statement.step());
  return statement.number(0);
}

Result<void> refuse_strangers(Connection& connection, FileKind kind, int schema, int newest) {
  const int application = TRY(number_of(connection, "PRAGMA application_id"));
  if (schema != 0 && application != static_cast<int>(kind)) {
    return fail(ErrorCode::storage_failed,
                "this file belongs to another program or another purpose", connection.path());
  }
  if (schema > newest) {
    return fail(ErrorCode::schema_newer,
                "written by a newer version of the program (schema " + std::to_string(schema) +
                    ", this program knows " + std::to_string(newest) +
                    "); install that version again or restore a backup made before the upgrade",
                connection.path());
  }
  return {};
}

}  // namespace

Result<int> schema_number(Connection& connection) {
  return number_of(connection, "PRAGMA user_version");
}

Result<void> migrate(Connection& connection, FileKind kind,
                     const std::vector<Migration>& migrations, void (*before_each)(const char*)) {
  const int newest = static_cast<int>(migrations.size());
  TRY_VOID(refuse_strangers(connection, kind, TRY(schema_number(connection)), newest));
  for (const auto& migration : migrations) {
    auto transaction = TRY(Transaction::begin(connection));
    if (migration.number <= TRY(schema_number(connection))) continue;
    // The number stands in the header of the file, so it changes with the transaction.
    TRY_VOID(connection.execute(
        std::string(migration.sql) +
            ";PRAGMA application_id = " + std::to_string(static_cast<int>(kind)) +
            ";PRAGMA user_version = " + std::to_string(migration.number) + ";",
        before_each));
    if (before_each != nullptr) before_each("COMMIT");
    TRY_VOID(transaction.commit());
  }
  return {};
}

Result<void> check_schema(Connection& connection, FileKind kind,
                          const std::vector<Migration>& migrations) {
  const int schema = TRY(schema_number(connection));
  const int newest = static_cast<int>(migrations.size());
  TRY_VOID(refuse_strangers(connection, kind, schema, newest));
  if (schema < newest) {
    return fail(
        ErrorCode::storage_failed,
        "written by an older version of the program; start the server once to bring it up to date",
        connection.path());
  }
  return {};
}

}  // namespace khaosat::sqlite
