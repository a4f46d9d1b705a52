#include "server/storage/sqlite/backup.h"

#include <filesystem>
#include <iostream>

#include "server/cli/commands.h"
#include "server/config.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/field/field_folder.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

std::string data_folder(const BackupOptions& options) { return options.data.empty() ? Config{}.data : options.data; }

void describe(const BackupManifest& manifest) {
  for (const auto& file : manifest.files) {
    std::cout << file.sha256 << "  " << file.name;
    for (const auto& [table, rows] : file.rows) std::cout << "  " << table << " " << rows;
    std::cout << "\n";
  }
}

Result<void> take_evidence(const std::string& from, const std::string& to) {
  std::error_code trouble;
  if (!std::filesystem::is_directory(from + "/evidence", trouble)) return {};
  const auto here = TRY(EvidenceFolder::open(from + "/evidence"));
  const auto there = TRY(EvidenceFolder::open(to + "/evidence"));
  std::cout << TRY(copy_evidence(here, there)) << " files of evidence\n";
  return {};
}

// Sealed: without the keys they tell nothing.
Result<void> take_sheets(const std::string& from, const std::string& to) {
  const std::size_t copied = TRY(FieldFolder(from + "/field").copy_to(FieldFolder(to + "/field")));
  if (copied > 0) std::cout << copied << " sheets of interviewers\n";
  return {};
}

Result<void> back_up_all(const BackupOptions& options) {
  // Read-only, so that it also works while a server holds the folder.
  const auto store = TRY(SqliteStore::open_read_only(data_folder(options)));
  describe(TRY(back_up(*store, options.folder, SystemClock{}.now())));
  // After the registry: every file that its copy names was there before.
  TRY_VOID(take_evidence(data_folder(options), options.folder));
  TRY_VOID(take_sheets(data_folder(options), options.folder));
  if (options.keys.empty()) {
    std::cout << "Keys were not copied (--keys); without them a sealed inbox cannot be opened.\n";
    return {};
  }
  std::cout << TRY(copy_keys(data_folder(options) + "/keys", options.keys)) << " keys copied to " << options.keys << "\n";
  return {};
}

Result<void> restore_all(const BackupOptions& options) {
  describe(TRY(restore_backup(options.folder, data_folder(options))));
  TRY_VOID(take_evidence(options.folder, data_folder(options)));
  TRY_VOID(take_sheets(options.folder, data_folder(options)));
  if (!options.keys.empty()) {
    std::cout << TRY(copy_keys(options.keys, data_folder(options) + "/keys")) << " keys restored\n";
  }
  return {};
}

}  // namespace

int run_backup(const BackupOptions& options) {
  const auto done = back_up_all(options);
  return done ? 0 : report(done.error());
}

int run_restore(const BackupOptions& options) {
  const auto done = restore_all(options);
  return done ? 0 : report(done.error());
}

}  // namespace khaosat::cli
