#include "base/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace khaosat {

Result<std::shared_ptr<const OpenFile>> OpenFile::open(const std::string& path) {
  // Not blocking: what stands there may be a pipe that nobody writes to.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0 && (errno == EMFILE || errno == ENFILE)) {
    return fail(ErrorCode::server_busy, "no descriptor is left for another file", path);
  }
  if (descriptor < 0) return fail(ErrorCode::file_unreadable, "cannot read the file", path);
  auto file = own(descriptor);
  if (!file) return fail(file.error().code, file.error().message, path);
  return file;
}

Result<std::shared_ptr<const OpenFile>> OpenFile::own(int descriptor) {
  const auto size = [&] {
    struct stat status {};
    const bool plain = ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
    return plain ? static_cast<std::int64_t>(status.st_size) : -1;
  }();
  std::shared_ptr<const OpenFile> file(new OpenFile(descriptor, size < 0 ? 0 : static_cast<std::uint64_t>(size)));
  if (size < 0) return fail(ErrorCode::file_unreadable, "cannot read the file: it is no plain file");
  return file;
}

OpenFile::~OpenFile() { ::close(descriptor_); }

Result<std::size_t> OpenFile::read_at(std::uint64_t offset, char* buffer, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(descriptor_, buffer + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(ErrorCode::file_unreadable, "reading the file failed");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

Result<void> OpenFile::each_piece(const std::function<void(std::string_view)>& visit) const {
  std::vector<char> piece(64u << 10);
  for (std::uint64_t at = 0; at < size_;) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), size_ - at));
    if (TRY(read_at(at, piece.data(), wanted)) != wanted) return fail(ErrorCode::file_unreadable, "the file has become shorter");
    visit({piece.data(), wanted});
    at += wanted;
  }
  return {};
}

bool OpenFile::is_at_hand(std::uint64_t offset, std::uint64_t length) const {
  const auto at_hand = [this](std::uint64_t at) {
    char byte = 0;
    iovec part{&byte, 1};
    return ::preadv2(descriptor_, &part, 1, static_cast<off_t>(at), RWF_NOWAIT) >= 0 || errno != EAGAIN;
  };
  return length == 0 || (at_hand(offset) && at_hand(offset + length - 1));
}

void OpenFile::bring(std::uint64_t offset, std::uint64_t length) const {
  ::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(length), POSIX_FADV_WILLNEED);
}

}  // namespace khaosat
