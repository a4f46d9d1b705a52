#include "server/html/web_files.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace khaosat {

// Defined by the build, see cmake/embed_files.cmake.
const std::vector<std::pair<std::string_view, std::string_view>>& embedded_web_files();

WebFiles embedded_files() {
  WebFiles files;
  for (const auto& [path, bytes] : embedded_web_files()) files.emplace(path, bytes);
  return files;
}

Result<WebFiles> files_of_folder(const std::string& folder) {
  WebFiles files;
  std::error_code trouble;
  const std::filesystem::recursive_directory_iterator end;
  for (std::filesystem::recursive_directory_iterator entry(folder, trouble); !trouble && entry != end;
       entry.increment(trouble)) {
    if (!entry->is_regular_file()) continue;
    std::ifstream stream(entry->path(), std::ios::binary);
    std::ostringstream content;
    content << stream.rdbuf();
    files.emplace(std::filesystem::relative(entry->path(), folder).generic_string(), content.str());
  }
  if (trouble) return fail(ErrorCode::file_unreadable, "cannot read this folder: " + trouble.message(), folder);
  return files;
}

}  // namespace khaosat
