// A backup is a folder: compact copies of every database and a manifest that says what must be in
// them. It never holds a key of the server; those are copied apart and kept apart, as both together
// open the inbox. Not thread safe for the same folder.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/storage/store.h"

namespace khaosat {

struct BackedUpFile {
  std::string name;  // "registry.db" or "answers/<campaign id>.db" or "paper/<campaign id>.db"
  std::int64_t bytes = 0;
  std::string sha256;  // lower-case hex
  int schema = 0;
  std::vector<std::pair<std::string, std::int64_t>> rows;  // by table, sorted
};

struct BackupManifest {
  std::string made;  // "2026-11-22T08:30:00Z"
  std::vector<BackedUpFile> files;
};

// Copies the registry and the answers of every campaign while the store works on, and checks the
// copies. The manifest is written last: a folder without one is no backup. `folder` is made, or is
// empty (already_exists otherwise). file_unwritable, storage_full, backup_damaged.
Result<BackupManifest> back_up(Store& store, const std::string& folder, UnixSeconds now);

// Reads every byte: digests, row counts, integrity of the files, sums of the answers, the journal's
// chain. backup_damaged names the file and what is wrong with it.
Result<BackupManifest> verify_backup(const std::string& folder);

// Verifies, then copies into a data folder, which is made or is empty (already_exists otherwise),
// and verifies again what arrived. After an error the data folder is as empty as before.
Result<BackupManifest> restore_backup(const std::string& folder, const std::string& data_folder);

// Copies the files of a folder of keys, each with mode 0600, into a folder that is made or is
// empty. Their number. not_allowed: the target is a backup or lies in one.
Result<int> copy_keys(const std::string& from, const std::string& to);

}  // namespace khaosat
