#include "server/storage/sqlite/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace khaosat::sqlite {

Result<DataLock> DataLock::take(const std::string& folder) {
  const std::string path = folder + "/khaosat.lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) {
    return fail(ErrorCode::file_unwritable,
                std::string("cannot make the lock file: ") + std::strerror(errno), path);
  }
  DataLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t length = ::pread(file, holder, sizeof holder - 1, 0);
    std::string process(holder, length > 0 ? static_cast<std::size_t>(length) : 0);
    process = process.substr(0, process.find_first_not_of("0123456789"));
    return fail(ErrorCode::data_in_use,
                "the data folder is in use by process " +
                    (process.empty() ? "(unknown)" : process) +
                    "; stop that program first, or give this one another folder",
                folder);
  }
  const std::string process = std::to_string(::getpid()) + "\n";
  // Only for the message above; a failure to write it does no harm.
  if (::ftruncate(file, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(file, process.data(), process.size(), 0);
  }
  return lock;
}

DataLock::~DataLock() {
  // The file stays: removing it could take away the lock of a program that just opened it.
  if (file_ >= 0) ::close(file_);
}

}  // namespace khaosat::sqlite
