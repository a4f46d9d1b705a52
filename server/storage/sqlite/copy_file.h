// A compact copy of a database as one transaction sees it, on the disk before it gets its name.
#pragma once

#include <string>

#include "server/storage/sqlite/connection.h"

namespace khaosat::sqlite {

// Makes `path` (mode 0600) while the writer goes on. already_exists, file_unwritable, storage_full.
Result<void> copy_file(Connection& reader, const std::string& path);

// Flushes a file or a folder. file_unwritable.
Result<void> flush_path(const std::string& path);

}  // namespace khaosat::sqlite
