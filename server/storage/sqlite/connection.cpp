#include "server/storage/sqlite/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <mutex>

#include "base/log.h"
#include "server/storage/sqlite/copy_file.h"
#include "server/storage/sqlite/joined_writes.h"

namespace khaosat::sqlite {

namespace {

constexpr int kWaitMilliseconds = 5000;
// A checkpoint that waits holds up every sender; readers are short, and it is tried again.
constexpr int kCheckpointWaitMilliseconds = 100;

void prepare_library() {
  static std::once_flag once;
  // Nothing that was ever in a page may spill into a temporary file. Without effect if the library
  // was started before, as some tests do; temp_store covers all but nested transactions then.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, -1); });
}

ErrorCode code_of(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_FULL:
      return ErrorCode::storage_full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::storage_busy;
    case SQLITE_CANTOPEN:
      return ErrorCode::file_unreadable;
    default:
      return ErrorCode::storage_failed;
  }
}

const char* advice(int sqlite_code) {
  switch (sqlite_code & 0xFF) {
    case SQLITE_FULL:
      return "; free some space, the program goes on by itself";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "; the file is damaged, restore the newest backup";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "; another program uses the file";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
      return "; check that the folder exists and the program may write there";
    default:
      return "";
  }
}

// SQLite would make the file readable for everybody; the log takes over the file's mode. Its name
// must be on the disk before anything in it is confirmed.
Result<void> make_private(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    if (errno == EEXIST) return {};
    const ErrorCode code = errno == ENOSPC ? ErrorCode::storage_full : ErrorCode::file_unwritable;
    return fail(code, std::string("cannot make the database file: ") + std::strerror(errno), path);
  }
  ::close(file);
  return flush_path(std::filesystem::path(path).parent_path().string());
}

}  // namespace

// --- Statement -----------------------------------------------------------------------------------

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      sql_(other.sql_),
      statement_(other.statement_),
      bind_code_(other.bind_code_) {
  other.statement_ = nullptr;
}

Statement::~Statement() {
  if (statement_ != nullptr) connection_->give_back(sql_, statement_);
}

void Statement::bind_one(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(statement_, index, value);
  if (code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_one(int index, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_, index, text.empty() ? "" : text.data(),
                                       text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) bind_code_ = code;
}

void Statement::bind_one(int index, Blob blob) {
  // A null pointer would bind NULL, not an empty value.
  const int code =
      sqlite3_bind_blob64(statement_, index, blob.bytes.empty() ? "" : blob.bytes.data(),
                          blob.bytes.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) bind_code_ = code;
}

Result<bool> Statement::step() {
  if (bind_code_ != SQLITE_OK) return fail(connection_->error(bind_code_, sql_));
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return fail(connection_->error(code, sql_));
}

Result<void> Statement::run() {
  while (TRY(step())) {
  }
  return {};
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);  // reset alone keeps the old values
  bind_code_ = SQLITE_OK;
}

std::string_view Statement::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes == nullptr
             ? std::string_view()
             : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

std::string Statement::text(int column) const { return std::string(view(column)); }

Digest Statement::digest(int column) const {
  Digest digest{};
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (bytes != nullptr &&
      sqlite3_column_bytes(statement_, column) == static_cast<int>(digest.size())) {
    std::memcpy(digest.data(), bytes, digest.size());
  }
  return digest;
}

// --- Connection ----------------------------------------------------------------------------------

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Access access,
                                                     const ConnectionOptions& options) {
  prepare_library();
  if (access == Access::write) TRY_VOID(make_private(path));
  sqlite3* database = nullptr;
  const int flags = (access == Access::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  std::string vfs = options.vfs;
  if (access == Access::write && options.flush_every_commit) vfs = TRY(joined_writes_over(vfs));
  const int code = sqlite3_open_v2(path.c_str(), &database, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (database == nullptr)
    return fail(ErrorCode::storage_failed, "no memory for a connection", path);
  std::unique_ptr<Connection> connection(new Connection(database, path, access));
  if (code != SQLITE_OK) return fail(connection->error(code, "opening the file"));
  TRY_VOID(connection->configure(options));
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statements] : idle_) {
    for (sqlite3_stmt* statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(database_);
}

Result<void> Connection::configure(const ConnectionOptions& options) {
  sqlite3_busy_timeout(database_, kWaitMilliseconds);  // first: the next lines may already wait
  sqlite3_db_config(database_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // The writer empties the log itself; nobody else may (WAL-reset bug of SQLite before 3.51).
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, access_ == Access::read, nullptr);
  sqlite3_limit(database_, SQLITE_LIMIT_ATTACHED, 1);  // VACUUM needs one
  std::string pragmas =
      "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;";
  if (access_ == Access::write) {
    pragmas +=
        "PRAGMA page_size = " + std::to_string(options.page_size) +
        "; PRAGMA synchronous = " + (options.flush_every_commit ? "FULL" : "NORMAL") +
        "; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;"
        // KiB: room for the slips and digests of a large commune, of which every answer touches a few, and
        // for what waits in the inbox on its busiest day.
        " PRAGMA cache_size = -16000;";
  }
  TRY_VOID(execute(pragmas));
  if (access_ == Access::write) {
    // Only now, as wal_autocheckpoint sets a hook of its own.
    sqlite3_wal_hook(
        database_,
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<Connection*>(self)->log_pages_ = pages;
          return SQLITE_OK;
        },
        this);
  }
  // The first look at the content: a file that is no database shows here.
  auto version = TRY(prepare("PRAGMA schema_version"));
  TRY(version.step());
  return {};
}

Result<Statement> Connection::prepare(const char* sql) {
  auto& statements = idle_[sql];
  if (!statements.empty()) {
    sqlite3_stmt* statement = statements.back();
    statements.pop_back();
    return Statement(this, sql, statement);
  }
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(database_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return fail(error(code, sql));
  return Statement(this, sql, statement);
}

void Connection::give_back(const char* sql, sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  const auto place = idle_.find(sql);  // made by prepare(), so nothing is allocated here but a slot
  try {
    place->second.push_back(statement);
  } catch (...) {
    sqlite3_finalize(statement);
  }
}

Result<void> Connection::execute(const std::string& sql, void (*before_each)(const char*)) {
  const char* rest = sql.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* raw = nullptr;
    int code = sqlite3_prepare_v2(database_, rest, -1, &raw, &rest);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
    if (code != SQLITE_OK) return fail(error(code, rest));
    if (raw == nullptr) continue;  // blanks or a comment
    if (before_each != nullptr) before_each(sqlite3_sql(raw));
    do {
      code = sqlite3_step(raw);
    } while (code == SQLITE_ROW);
    if (code != SQLITE_DONE) return fail(error(code, sqlite3_sql(raw)));
  }
  return {};
}

Result<void> Connection::use_write_ahead_log() {
  auto mode = TRY(prepare("PRAGMA journal_mode = WAL"));
  if (!TRY(mode.step()) || mode.text(0) != "wal") {
    return fail(ErrorCode::storage_failed, "the file system cannot hold a write-ahead log", path_);
  }
  return {};
}

Result<void> Connection::use_single_file() {
  auto mode = TRY(prepare("PRAGMA journal_mode = DELETE"));
  if (!TRY(mode.step()) || mode.text(0) != "delete") {
    return fail(ErrorCode::storage_busy, "somebody still reads the file", path_);
  }
  return {};
}

Result<bool> Connection::checkpoint(bool truncate) {
  if (in_transaction()) TRY_VOID(run("ROLLBACK"));
  int in_log = 0;
  int copied = 0;
  sqlite3_busy_timeout(database_, kCheckpointWaitMilliseconds);
  const int code = sqlite3_wal_checkpoint_v2(
      database_, "main", truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &in_log,
      &copied);
  sqlite3_busy_timeout(database_, kWaitMilliseconds);
  if ((code & 0xFF) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return fail(error(code, "checkpoint"));
  if (in_log == copied) log_pages_ = 0;
  return in_log == copied;
}

Error Connection::error(int code, std::string_view doing) const {
  const int extended = code;
  const std::string text = sqlite3_errstr(code);
  if (access_ == Access::write &&
      (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC)) {
    log(LogLevel::error, "storage.flush_failed",
        {{"file", path_},
         {"meaning",
          "the disk refused to flush; what it holds now is unknown. The program ends so that a "
          "restart reads it again. No answer that was confirmed before is lost by this. "
          "Check the disk (dmesg, smartctl) before starting again."}});
    std::_Exit(exit_code_of(ErrorCode::storage_failed));
  }
  return {code_of(code),
          std::string(doing.substr(0, 120)) + ": " + text + " (" + std::to_string(extended) + ")" +
              advice(code),
          path_,
          {}};
}

// --- Transaction ---------------------------------------------------------------------------------

Result<Transaction> Transaction::begin(Connection& connection) {
  // Left behind if the rollback itself failed, for want of memory say.
  if (connection.in_transaction()) TRY_VOID(connection.run("ROLLBACK"));
  TRY_VOID(connection.run("BEGIN IMMEDIATE"));
  return Transaction(&connection);
}

Transaction::~Transaction() {
  if (connection_ == nullptr || !connection_->in_transaction()) return;
  try {
    (void)connection_->run("ROLLBACK").has_value();
  } catch (...) {  // no memory; the next begin() rolls back first
  }
}

Result<void> Transaction::commit() {
  TRY_VOID(connection_->run("COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace khaosat::sqlite
