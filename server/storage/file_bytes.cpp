#include "server/storage/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace khaosat {

namespace {

Error trouble(ErrorCode code, const std::string& doing, const std::string& path) {
  if (errno == ENOSPC) code = ErrorCode::storage_full;
  return {code, doing + ": " + std::strerror(errno), path, {}};
}

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(trouble(ErrorCode::file_unwritable, "cannot write", path));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(file) != 0) return fail(trouble(ErrorCode::file_unwritable, "cannot flush", path));
  return {};
}

}  // namespace

Result<std::shared_ptr<const FileBytes>> FileBytes::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(trouble(ErrorCode::file_unreadable, "cannot open", path));
  struct stat about {};
  if (::fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    Error error = trouble(ErrorCode::file_unreadable, "cannot read", path);
    ::close(file);
    return fail(std::move(error));
  }
  return std::shared_ptr<const FileBytes>(
      new FileBytes(file, static_cast<std::uint64_t>(about.st_size), path));
}

FileBytes::~FileBytes() { ::close(file_); }

Result<void> FileBytes::read_at(std::uint64_t offset, std::span<std::uint8_t> into) const {
  while (!into.empty()) {
    const ssize_t count = ::pread(file_, into.data(), into.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(trouble(ErrorCode::file_unreadable, "cannot read", path_));
    if (count == 0) return fail(ErrorCode::file_unreadable, "the file ends before it should", path_);
    into = into.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> write_file(const std::string& path, std::string_view bytes) {
  const std::string partial = path + ".part";
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(trouble(ErrorCode::file_unwritable, "cannot make", partial));
  auto written = write_all(file, bytes, partial);
  ::close(file);
  if (written && std::rename(partial.c_str(), path.c_str()) != 0)
    written = fail(trouble(ErrorCode::file_unwritable, "cannot name", path));
  if (!written) std::remove(partial.c_str());
  return written;
}

}  // namespace khaosat
