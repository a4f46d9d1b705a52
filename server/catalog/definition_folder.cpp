#include "server/catalog/definition_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/definition_json.h"

namespace khaosat {

namespace fs = std::filesystem;

namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

// True when the path, links followed, lies within the folder.
bool is_inside(const fs::path& path, const fs::path& folder) {
  std::error_code trouble;
  const fs::path real = fs::canonical(path, trouble);
  if (trouble) return false;
  const fs::path root = fs::canonical(folder, trouble);
  if (trouble) return false;
  const auto [in_root, in_real] = std::mismatch(root.begin(), root.end(), real.begin(), real.end());
  return in_root == root.end();
}

}  // namespace

Result<std::string> read_definition_file(const fs::path& path) {
  // Without O_NONBLOCK a pipe left in the folder would stop the program until somebody writes to it.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (file.number() < 0 || fstat(file.number(), &status) != 0) {
    return fail(ErrorCode::file_unreadable, std::string("cannot be read: ") + std::strerror(errno),
                path.string());
  }
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::definition_invalid, "is not a regular file; remove it", path.string());
  }
  std::string text;
  char buffer[1 << 16];
  while (text.size() <= kMaxDefinitionBytes) {
    const ssize_t count = read(file.number(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorCode::file_unreadable, std::string("cannot be read: ") + std::strerror(errno),
                  path.string());
    }
    if (count == 0) return text;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return fail(ErrorCode::too_large, "is larger than 4 MB; split it", path.string());
}

std::vector<FolderEntry> list_definition_folder(const fs::path& folder, const std::string& path, Faults& faults) {
  std::error_code trouble;
  const fs::path place = folder / path;
  // Whoever listed the folder above has complained of a link by then.
  if (!fs::exists(fs::symlink_status(place, trouble)) || !is_inside(place, folder)) return {};
  std::vector<FolderEntry> entries;
  for (fs::directory_iterator entry(place, trouble), end; !trouble && entry != end; entry.increment(trouble)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    if (!is_inside(entry->path(), folder)) {
      faults.push_back({path + "/" + name, "", ErrorCode::definition_invalid,
                        "is a link that leads out of the folder, or to nothing; copy the file instead"});
      continue;
    }
    std::error_code none;
    const bool is_folder = fs::is_directory(entry->path(), none);
    const auto bytes = is_folder ? 0 : fs::file_size(entry->path(), none);
    entries.push_back({name, is_folder, none ? 0 : bytes});
    if (entries.size() > kMaxDefinitionFiles) break;
  }
  if (trouble) faults.push_back({path, "", ErrorCode::file_unreadable, "the folder cannot be read: " + trouble.message()});
  if (entries.size() > kMaxDefinitionFiles) faults.push_back({path, "", ErrorCode::too_large, "holds more than 2000 files"});
  std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return entries;
}

std::vector<DefinitionText> read_definition_files(const fs::path& folder, const std::string& name,
                                                  Faults& faults) {
  std::vector<fs::path> paths;
  std::error_code trouble;
  const fs::path place = folder / name;
  if (!fs::exists(fs::symlink_status(place, trouble))) return {};
  if (!is_inside(place, folder)) {
    faults.push_back({name, "", ErrorCode::definition_invalid, "is a link that leads out of the folder"});
    return {};
  }
  for (fs::directory_iterator entry(place, trouble), end; !trouble && entry != end; entry.increment(trouble)) {
    const std::string file = entry->path().filename().string();
    if (file.starts_with('.') || entry->path().extension() != ".json") continue;
    paths.push_back(entry->path());
  }
  if (trouble) {
    faults.push_back({name, "", ErrorCode::file_unreadable, "the folder cannot be read: " + trouble.message()});
  }
  if (paths.size() > kMaxDefinitionFiles) {
    faults.push_back({name, "", ErrorCode::too_large, "holds more than 2000 files; only the first are read"});
  }
  std::sort(paths.begin(), paths.end());
  paths.resize(std::min(paths.size(), kMaxDefinitionFiles));
  std::vector<DefinitionText> texts;
  for (const auto& path : paths) {
    const std::string file = name + "/" + path.filename().string();
    if (!is_inside(path, folder)) {
      faults.push_back({file, "", ErrorCode::definition_invalid,
                        "is a link that leads out of the folder, or to nothing; copy the file instead"});
      continue;
    }
    auto text = read_definition_file(path);
    if (text) {
      texts.push_back({file, std::move(*text)});
    } else {
      faults.push_back({file, "", text.error().code, text.error().message});
    }
  }
  return texts;
}

}  // namespace khaosat
