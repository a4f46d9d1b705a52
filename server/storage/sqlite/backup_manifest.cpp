#include "server/storage/sqlite/backup_manifest.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/storage/journal_chain.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/migrate.h"
#include "server/storage/sqlite/sqlite_registry.h"

namespace khaosat::sqlite {

namespace {

tl::unexpected<Error> damaged(const std::string& what, const std::string& path) {
  return fail(ErrorCode::backup_damaged, what + "; use another backup", path);
}

// Mapped instead of read, so that a large file does not fill the memory.
Result<std::string> file_digest(const std::string& path, std::int64_t& bytes) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (file < 0 || ::fstat(file, &status) != 0) {
    const std::string reason = std::strerror(errno);
    if (file >= 0) ::close(file);
    return damaged("cannot be read: " + reason, path);
  }
  bytes = status.st_size;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* content = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  ::close(file);
  if (content == MAP_FAILED) return damaged("cannot be read", path);
  const Digest digest = sha256({static_cast<const char*>(content), size});
  if (content != nullptr) ::munmap(content, size);
  return to_hex(view_of(digest));
}

Result<std::int64_t> number(Connection& c, const std::string& sql) {
  std::int64_t value = 0;
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(c.handle(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK ||
      sqlite3_step(raw) != SQLITE_ROW) {
    sqlite3_finalize(raw);
    return damaged("cannot be read", c.path());
  }
  value = sqlite3_column_int64(raw, 0);
  sqlite3_finalize(raw);
  return value;
}

Result<void> check_integrity(Connection& c) {
  auto integrity = TRY(c.prepare("PRAGMA integrity_check"));
  TRY(integrity.step());
  if (integrity.text(0) != "ok") return damaged("damaged: " + integrity.text(0), c.path());
  auto keys = TRY(c.prepare("PRAGMA foreign_key_check"));
  if (TRY(keys.step())) return damaged("rows of " + keys.text(0) + " point nowhere", c.path());
  return {};
}

// Every answer that arrived waits, is stored, or was withheld, and every cell is known.
Result<void> check_answers(Connection& c) {
  const auto arrived =
      TRY(number(c, "SELECT coalesce(sum(arrived), 0) FROM cell WHERE merged = 0"));
  const auto kept =
      TRY(number(c,
                 "SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM response) + "
                 "coalesce((SELECT value FROM state WHERE name = 'withheld'), 0)"));
  if (arrived != kept) {
    return damaged(
        std::to_string(arrived) + " answers arrived, but " + std::to_string(kept) + " are there",
        c.path());
  }
  const auto strays =
      TRY(number(c, "SELECT count(*) FROM response WHERE cell NOT IN (SELECT number FROM cell)"));
  if (strays != 0) return damaged("answers without a cell", c.path());
  return {};
}

Result<BackedUpFile> describe(const std::string& path, FileKind kind) {
  BackedUpFile file;
  file.sha256 = TRY(file_digest(path, file.bytes));
  auto c = TRY(Connection::open(path, Access::read));
  TRY_VOID(check_integrity(*c));
  file.schema = TRY(schema_number(*c));
  auto table =
      TRY(c->prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                     "'sqlite_%' ORDER BY name"));
  while (TRY(table.step())) {
    const std::string name = table.text(0);
    file.rows.emplace_back(name, TRY(number(*c, "SELECT count(*) FROM \"" + name + "\"")));
  }
  if (kind == FileKind::registry) {
    auto registry = TRY(SqliteRegistry::open_read_only(path, {}));
    TRY(verify_journal(*registry));
  } else if (kind == FileKind::paper) {
    TRY_VOID(check_schema(*c, FileKind::paper, paper_migrations()));
  } else {
    TRY_VOID(check_schema(*c, FileKind::answers, answers_migrations()));
    TRY_VOID(check_answers(*c));
  }
  return file;
}

}  // namespace

Result<BackedUpFile> describe_file(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  const FileKind kind = name == "registry.db"         ? FileKind::registry
                        : name.starts_with("paper/") ? FileKind::paper
                                                     : FileKind::answers;
  auto file = describe(path, kind);
  if (!file) {
    if (file.error().code == ErrorCode::schema_newer) return fail(file.error());
    return damaged(file.error().message, path);
  }
  file->name = name;
  return file;
}

}  // namespace khaosat::sqlite
