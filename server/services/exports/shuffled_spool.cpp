#include "server/services/exports/shuffled_spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace khaosat {

namespace {

constexpr std::uint64_t kPerFile = 4096;
constexpr std::uint64_t kMostFiles = 128;  // well below the limit of open files

struct Head {
  std::uint64_t key = 0;
  std::uint32_t tag = 0;
  std::uint32_t length = 0;
};

}  // namespace

Result<ShuffledSpool> ShuffledSpool::create(const std::string& folder, std::string seed, std::uint64_t expected) {
  ShuffledSpool spool(std::move(seed));
  const std::uint64_t files = std::clamp<std::uint64_t>(expected / kPerFile + 1, 1, kMostFiles);
  for (std::uint64_t k = 0; k < files; ++k) {
    const std::string path = folder + "/spool-" + to_hex(random_bytes(8));
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w+b");
    if (!file) {
      if (descriptor >= 0) ::close(descriptor);
      return fail(ErrorCode::file_unwritable, "cannot make a working file", folder);
    }
    ::unlink(path.c_str());  // gone with the process, however it ends
    spool.files_.emplace_back(file);
  }
  return spool;
}

Result<void> ShuffledSpool::add(std::uint32_t tag, std::string_view bytes) {
  const Digest digest = hmac_sha256(seed_, std::to_string(count_++));
  Head head{0, tag, static_cast<std::uint32_t>(bytes.size())};
  std::memcpy(&head.key, digest.data(), sizeof head.key);
  std::uint64_t choice = 0;
  std::memcpy(&choice, digest.data() + sizeof head.key, sizeof choice);
  std::FILE* file = files_[choice % files_.size()].get();
  if (std::fwrite(&head, sizeof head, 1, file) != 1 || std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) {
    return fail(ErrorCode::out_of_space, "the working files cannot be written");
  }
  return {};
}

Result<void> ShuffledSpool::each(const std::function<Result<void>(const Entry&)>& visit) {
  for (auto& file : files_) {
    if (std::fflush(file.get()) != 0) return fail(ErrorCode::out_of_space, "the working files cannot be written");
    std::rewind(file.get());
    std::vector<std::pair<std::uint64_t, Entry>> entries;
    Head head;
    while (std::fread(&head, sizeof head, 1, file.get()) == 1) {
      Entry entry{head.tag, std::string(head.length, '\0')};
      if (std::fread(entry.bytes.data(), 1, head.length, file.get()) != head.length) {
        return fail(ErrorCode::file_unreadable, "a working file ends too early");
      }
      entries.emplace_back(head.key, std::move(entry));
    }
    std::sort(entries.begin(), entries.end(), [](const auto& one, const auto& other) { return one.first < other.first; });
    for (const auto& [key, entry] : entries) TRY_VOID(visit(entry));
  }
  return {};
}

}  // namespace khaosat
