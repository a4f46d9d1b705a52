#include "server/storage/sqlite/copy_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace khaosat::sqlite {

namespace {

Error system_error(const std::string& doing, const std::string& path) {
  return {errno == ENOSPC ? ErrorCode::storage_full : ErrorCode::file_unwritable,
          doing + ": " + std::strerror(errno),
          path,
          {}};
}

Result<void> copy_and_name(Connection& reader, const std::string& partial,
                           const std::string& path) {
  TRY_VOID(reader.run("VACUUM INTO ?1", partial));
  TRY_VOID(flush_path(partial));
  if (std::rename(partial.c_str(), path.c_str()) != 0)
    return fail(system_error("cannot name the copy", path));
  return flush_path(std::filesystem::path(path).parent_path().string());
}

}  // namespace

Result<void> flush_path(const std::string& path) {
  const int file = ::open(path.empty() ? "." : path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(system_error("cannot open", path));
  const int flushed = ::fsync(file);
  Error error = system_error("cannot flush", path);
  ::close(file);
  if (flushed != 0) return fail(std::move(error));
  return {};
}

Result<void> copy_file(Connection& reader, const std::string& path) {
  if (std::filesystem::exists(path)) {
    return fail(ErrorCode::already_exists, "there is a file of this name; choose another", path);
  }
  // SQLite fills an empty file, so that it never stands open to others.
  const std::string partial = path + ".part";
  const int file = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return fail(system_error("cannot make the copy", partial));
  ::close(file);
  auto copied = copy_and_name(reader, partial, path);
  if (!copied) std::remove(partial.c_str());
  return copied;
}

}  // namespace khaosat::sqlite
