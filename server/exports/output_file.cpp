#include "server/exports/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

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

Result<OutputFile> OutputFile::unnamed() {
  const std::string folder = std::filesystem::temp_directory_path().string();
  int descriptor = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    // Not every file system has files without names from the start.
    std::string path = folder + "/khaosat-XXXXXX";
    descriptor = ::mkostemp(path.data(), O_CLOEXEC);
    if (descriptor >= 0) ::unlink(path.c_str());
  }
  std::FILE* file = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w+b");
  if (!file) {
    const int trouble = errno;
    if (descriptor >= 0) ::close(descriptor);
    const ErrorCode code = trouble == EMFILE || trouble == ENFILE ? ErrorCode::server_busy : ErrorCode::file_unwritable;
    return fail(code, std::string("cannot make a temporary file: ") + std::strerror(trouble), folder);
  }
  return OutputFile(folder, file);
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
  return outcome();
}

Result<std::shared_ptr<const OpenFile>> OutputFile::finish_unnamed() {
  if (!failed_ && std::fflush(file_.get()) != 0) {
    failed_ = true;
    reason_ = errno;
  }
  TRY_VOID(outcome());
  const int descriptor = ::fcntl(::fileno(file_.get()), F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return fail(ErrorCode::server_busy, "no descriptor is left for a temporary file", path_);
  return OpenFile::own(descriptor);
}

Result<void> OutputFile::outcome() const {
  if (!failed_) return {};
  const ErrorCode code = reason_ == ENOSPC || reason_ == EDQUOT ? ErrorCode::out_of_space : ErrorCode::file_unwritable;
  return fail(code, std::string("writing failed: ") + std::strerror(reason_), path_);
}

Result<std::shared_ptr<const OpenFile>> unnamed_file(std::string_view bytes) {
  auto file = TRY(OutputFile::unnamed());
  file.write(bytes);
  return file.finish_unnamed();
}

}  // namespace khaosat::exports
