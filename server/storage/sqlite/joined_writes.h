// A layer over SQLite's file system: what is written to a log piece by piece, two calls for each page, goes
// to the disk's queue in one. Only for connections that flush at every commit, as pieces are held back
// until then; others would read a log that lacks what its index tells of.
#pragma once

#include <string>

#include "base/result.h"

namespace khaosat::sqlite {

// Name of the layer over the file system layer `vfs` (empty: the usual one), registered the first time.
// storage_failed (no such layer, no memory). Thread safe.
Result<std::string> joined_writes_over(const std::string& vfs);

}  // namespace khaosat::sqlite
