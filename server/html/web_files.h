// The files of web/: compiled into the program, or read from a folder while somebody designs pages.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

// Path below web/ ("templates/pages/start.mustache") → content.
using WebFiles = std::map<std::string, std::string, std::less<>>;

WebFiles embedded_files();
// file_unreadable if the folder cannot be read.
Result<WebFiles> files_of_folder(const std::string& folder);

}  // namespace khaosat
