// The manifest of a backup as JSON text, and how a database file is described in it.
#pragma once

#include <string>
#include <string_view>

#include "server/storage/sqlite/backup.h"

namespace khaosat::sqlite {

std::string manifest_to_json(const BackupManifest& manifest);
// Strict; names that would lead out of the folder are refused.
Result<BackupManifest> manifest_from_json(std::string_view text);

// Opens `folder`/`name` read-only and describes it, after checking that it is sound in itself:
// integrity, foreign keys, answers that add up, the journal's chain. backup_damaged otherwise.
Result<BackedUpFile> describe_file(const std::string& folder, const std::string& name);

}  // namespace khaosat::sqlite
