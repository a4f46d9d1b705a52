// The digest of a file of any length, read piece by piece.
#pragma once

#include <string>

#include "base/result.h"
#include "server/services/exports/make_microdata.h"

namespace khaosat {

// file_unreadable.
Result<MicrodataFile> digest_of_file(const std::string& folder, const std::string& name);

}  // namespace khaosat
