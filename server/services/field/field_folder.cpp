#include "server/services/field/field_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/bytes.h"

namespace khaosat {

namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> trouble_with(const std::string& path) {
  return fail(errno == ENOSPC ? ErrorCode::out_of_space : ErrorCode::file_unwritable, std::strerror(errno), path);
}

Result<void> flush_folder(const std::string& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return trouble_with(folder);
  const bool flushed = ::fsync(handle) == 0;
  ::close(handle);
  if (!flushed) return trouble_with(folder);
  return {};
}

}  // namespace

std::string FieldFolder::path(std::string_view campaign, std::string_view device) const {
  return folder_ + "/" + std::string(campaign) + "/" + std::string(device);
}

Result<void> FieldFolder::put(std::string_view campaign, std::string_view device, std::string_view bytes) const {
  const std::string folder = folder_ + "/" + std::string(campaign);
  std::error_code trouble;
  fs::create_directories(folder, trouble);
  if (!trouble) fs::permissions(folder_, fs::perms::owner_all, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), folder);
  const std::string final_path = path(campaign, device);
  const std::string partial = final_path + "." + to_hex(random_bytes(4));
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return trouble_with(partial);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(file, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  const bool written = done == bytes.size() && ::fsync(file) == 0;
  const auto failed = written ? Result<void>() : Result<void>(trouble_with(partial));
  ::close(file);
  if (!written || ::rename(partial.c_str(), final_path.c_str()) != 0) {
    const auto why = written ? Result<void>(trouble_with(final_path)) : failed;
    ::unlink(partial.c_str());
    return why;
  }
  return flush_folder(folder);
}

Result<std::optional<std::string>> FieldFolder::get(std::string_view campaign, std::string_view device) const {
  const std::string file = path(campaign, device);
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::error_code trouble;
    if (!fs::exists(file, trouble)) return std::optional<std::string>();
    return fail(ErrorCode::file_unreadable, "the sheet cannot be read", file);
  }
  return std::optional<std::string>(std::string(std::istreambuf_iterator<char>(in), {}));
}

std::vector<std::string> FieldFolder::campaigns() const {
  std::vector<std::string> list;
  std::error_code trouble;
  for (const auto& entry : fs::directory_iterator(folder_, trouble)) {
    if (entry.is_directory(trouble)) list.push_back(entry.path().filename().string());
  }
  std::sort(list.begin(), list.end());
  return list;
}

Result<void> FieldFolder::remove(std::string_view campaign) const {
  std::error_code trouble;
  fs::remove_all(folder_ + "/" + std::string(campaign), trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), std::string(campaign));
  return {};
}

Result<std::size_t> FieldFolder::copy_to(const FieldFolder& other) const {
  std::size_t copied = 0;
  for (const auto& campaign : campaigns()) {
    std::error_code trouble;
    for (const auto& entry : fs::directory_iterator(folder_ + "/" + campaign, trouble)) {
      const std::string device = entry.path().filename().string();
      // One that is being written has a point in its name.
      if (device.find('.') != std::string::npos) continue;
      if (const auto bytes = TRY(get(campaign, device))) {
        TRY_VOID(other.put(campaign, device, *bytes));
        ++copied;
      }
    }
  }
  return copied;
}

}  // namespace khaosat
