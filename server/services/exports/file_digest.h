// The digest of a file of any length, read piece by piece.
#pragma once

#include <string>

#include "base/open_file.h"
#include "base/result.h"
#include "server/services/exports/make_microdata.h"

namespace khaosat {

// file_unreadable. `name` is only noted.
Result<MicrodataFile> digest_of_file(const OpenFile& file, std::string name);

}  // namespace khaosat
