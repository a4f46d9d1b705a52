// Reading the files of survey_defs from the disk, safely: regular files only, nothing outside the
// folder, nothing too large. What the files mean is not known here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/fault.h"

namespace khaosat {

struct DefinitionText {
  std::string file;  // "questionnaires/citizen_satisfaction.json", below the folder
  std::string text;
};

inline constexpr std::size_t kMaxDefinitionFiles = 2000;

// Every .json file of folder/name, by name; hidden files are passed over. A folder that does not
// exist holds nothing. Faults: file_unreadable, too_large, definition_invalid for a link that leads
// out of the folder or a name that is no file.
std::vector<DefinitionText> read_definition_files(const std::filesystem::path& folder,
                                                  const std::string& name, Faults& faults);

struct FolderEntry {
  std::string name;
  bool is_folder = false;
  std::uintmax_t bytes = 0;  // of a file
};

// What is in folder/path, by name; hidden files are passed over. A folder that does not exist holds
// nothing. Faults: file_unreadable, too_large (many), definition_invalid for links that lead out of the folder.
std::vector<FolderEntry> list_definition_folder(const std::filesystem::path& folder, const std::string& path, Faults& faults);

// One file named by a person, wherever it lies; at most kMaxDefinitionBytes.
Result<std::string> read_definition_file(const std::filesystem::path& path);

}  // namespace khaosat
