// Reading the project's own definition files in tests.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"

namespace khaosat::test {

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::filesystem::path source_folder() { return KHAOSAT_SOURCE_DIR; }

inline std::vector<std::filesystem::path> json_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// The scales of a folder, found as the catalogue finds them.
class Scales {
 public:
  explicit Scales(const std::filesystem::path& folder) {
    for (const auto& path : json_files(folder)) {
      // Ladders of grades live beside the scales; they are not ours here.
      if (read_text(path).find("khaosat/grade_ladder/") != std::string::npos) continue;
      auto reading = read_scale(path.filename().string(), read_text(path));
      faults += to_text(reading.faults);
      if (reading.scale) scales_[reading.scale->identity.label()] = reading.scale;
    }
  }
  FindScale finder() const {
    return [this](std::string_view id, int version) -> const Scale* {
      const auto found = scales_.find(std::string(id) + "/" + std::to_string(version));
      return found == scales_.end() ? nullptr : found->second.get();
    };
  }
  std::string faults;

 private:
  std::map<std::string, std::shared_ptr<const Scale>> scales_;
};

}  // namespace khaosat::test
