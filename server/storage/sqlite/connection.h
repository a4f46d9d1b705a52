// SQLite with owners and results: one connection, its statements, its transactions. The only place
// that knows sqlite3.h. A connection and what belongs to it are used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace khaosat::sqlite {

// The value of a BLOB column; a plain string_view stands for TEXT.
struct Blob {
  std::string_view bytes;
};

struct ConnectionOptions {
  std::string vfs;       // name of a registered file system layer; empty: the usual one
  int page_size = 4096;  // bytes; only a new file takes it
  // Flush at every commit. Only a control of the power-cut test sets it to false, to show that
  // answers are then lost.
  bool flush_every_commit = true;
};

// What may be done with the file. `write` makes it with mode 0600 when it is not there.
enum class Access { write, read };

class Statement {
 public:
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();  // resets, forgets the values and goes back to the connection

  // Binds ?1, ?2, … in order. A failure shows in the next step().
  template <typename... Values>
  Statement& bind(const Values&... values) {
    int index = 0;
    (bind_one(++index, values), ...);
    return *this;
  }
  Result<bool> step();  // true: there is a row
  Result<void> run();   // to the end; rows are passed over
  void reset();         // ready for the next values

  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  int number(int column) const { return static_cast<int>(integer(column)); }
  std::string text(int column) const;  // also of a BLOB
  std::string_view view(int column) const;  // the same without a copy, until the next step()
  Digest digest(int column) const;     // zeros unless the value has 32 bytes

 private:
  friend class Connection;
  Statement(class Connection* connection, const char* sql, sqlite3_stmt* statement)
      : connection_(connection), sql_(sql), statement_(statement) {}
  void bind_one(int index, std::int64_t value);
  void bind_one(int index, int value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, bool value) { bind_one(index, std::int64_t{value}); }
  void bind_one(int index, std::string_view text);
  void bind_one(int index, const std::string& text) { bind_one(index, std::string_view(text)); }
  void bind_one(int index, const char* text) { bind_one(index, std::string_view(text)); }
  void bind_one(int index, Blob blob);
  void bind_one(int index, const Digest& digest) { bind_one(index, Blob{view_of(digest)}); }

  class Connection* connection_;
  const char* sql_;
  sqlite3_stmt* statement_;
  int bind_code_ = SQLITE_OK;
};

class Connection {
 public:
  // file_unreadable, storage_failed (not a database), storage_busy.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Access access,
                                                  const ConnectionOptions& options = {});
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Compiled once; `sql` must be a literal, as its address names the statement.
  Result<Statement> prepare(const char* sql);
  template <typename... Values>
  Result<void> run(const char* sql, const Values&... values) {
    auto statement = prepare(sql);
    if (!statement) return fail(statement.error());
    return statement->bind(values...).run();
  }
  // Any text, several statements, not kept; `before_each` sees each one before it runs.
  Result<void> execute(const std::string& sql, void (*before_each)(const char*) = nullptr);

  // Switches to a log beside the file and back to a single file.
  Result<void> use_write_ahead_log();
  Result<void> use_single_file();
  // Copies the log into the file; with `truncate` the log is emptied. False: somebody was reading.
  Result<bool> checkpoint(bool truncate);
  // Pages in the log after the last commit.
  int log_pages() const { return log_pages_; }

  bool in_transaction() const { return sqlite3_get_autocommit(database_) == 0; }
  int changes() const { return sqlite3_changes(database_); }
  // Of the connection since it was opened, undone ones included.
  std::int64_t total_changes() const { return sqlite3_total_changes64(database_); }
  const std::string& path() const { return path_; }
  sqlite3* handle() { return database_; }

  // The error as the program's own. Ends the process after a failed flush: what the disk then
  // holds is unknown, and only a restart reads it again.
  Error error(int code, std::string_view doing) const;

 private:
  friend class Statement;
  Connection(sqlite3* database, std::string path, Access access)
      : database_(database), path_(std::move(path)), access_(access) {}
  Result<void> configure(const ConnectionOptions& options);
  void give_back(const char* sql, sqlite3_stmt* statement);

  sqlite3* database_;
  std::string path_;
  Access access_;
  int log_pages_ = 0;
  std::unordered_map<const char*, std::vector<sqlite3_stmt*>> idle_;
};

// Rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(other.connection_) {
    other.connection_ = nullptr;
  }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  // An error does not mean that nothing was stored.
  Result<void> commit();

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

}  // namespace khaosat::sqlite
