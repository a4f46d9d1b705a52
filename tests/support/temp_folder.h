// A folder that is removed with its content at the end of the test.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace khaosat {

class TempFolder {
 public:
  // `parent`: where; for instance /dev/shm when flushes would only cost time.
  explicit TempFolder(const std::string& parent = std::filesystem::temp_directory_path()) {
    std::string pattern = parent + "/khaosat-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Memory-backed if the machine has it.
inline std::string quick_parent() {
  return std::filesystem::is_directory("/dev/shm")
             ? "/dev/shm"
             : std::filesystem::temp_directory_path().string();
}

}  // namespace khaosat
