#include "server/exports/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace khaosat::exports {

Result<OutputFile> OutputFile::create(std::string path) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(ErrorCode::file_unwritable, std::string("cannot make the file: ") + std::strerror(errno), path);
  std::FILE* file = ::fdopen(descriptor, "wb");
  if (!file) {
    ::close(descriptor);
    return fail(ErrorCode::file_unwritable, "cannot make the file", path);
  }
  return OutputFile(std::move(path), file);
}

void OutputFile::write(std::string_view bytes) {
  if (failed_ || bytes.empty()) return;
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return;
  failed_ = true;
  reason_ = errno;
}

Result<void> OutputFile::finish() {
  if (!failed_ && (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0)) {
    failed_ = true;
    reason_ = errno;
  }
  if (!failed_) return {};
  const ErrorCode code = reason_ == ENOSPC || reason_ == EDQUOT ? ErrorCode::out_of_space : ErrorCode::file_unwritable;
  return fail(code, std::string("writing failed: ") + std::strerror(reason_), path_);
}

}  // namespace khaosat::exports
