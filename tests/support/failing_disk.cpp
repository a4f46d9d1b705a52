// A disk that fails on demand, below a program that knows nothing of it: loaded with LD_PRELOAD, in
// tests only. Concerns files below FAIL_FOLDER.
//   FAIL_KIND    io: any operation, EIO · full: what needs room, ENOSPC · short: half of the bytes, then
//                ENOSPC · flush: fsync and fdatasync, EIO
//   FAIL_AT      the operation that fails, from 1; FAIL_PERSISTENT=1: all after it as well
//   FAIL_SWITCH  a file: instead of counting, everything fails while it exists
//   FAIL_COUNT   a file that is given the number of operations at the end
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

enum class Operation { read, write, other, flush };

template <typename Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

const char* setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::atomic<int> operations{0};

bool is_ours(const char* path) {
  const char* folder = setting("FAIL_FOLDER");
  return *folder != '\0' && std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool is_ours(int file) {
  char link[64];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  char path[PATH_MAX];
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length <= 0) return false;
  path[length] = '\0';
  return is_ours(path);
}

// 0, or the errno of the fault; -1: half of a write.
int fault(Operation operation) {
  const std::string kind = setting("FAIL_KIND");
  const bool concerned = kind == "io" || (kind == "flush" && operation == Operation::flush) ||
                         (kind == "full" && (operation == Operation::write || operation == Operation::other)) ||
                         (kind == "short" && operation == Operation::write);
  if (!concerned) return 0;
  bool fails = false;
  if (*setting("FAIL_SWITCH") != '\0') {
    fails = ::access(setting("FAIL_SWITCH"), F_OK) == 0;
  } else {
    const int number = ++operations;
    const int at = std::atoi(setting("FAIL_AT"));
    fails = at > 0 && (number == at || (number > at && std::atoi(setting("FAIL_PERSISTENT")) != 0));
  }
  if (!fails) return 0;
  if (kind == "short") return -1;
  return kind == "full" ? ENOSPC : EIO;
}

template <typename Size, typename Whole, typename Part>
ssize_t write_or_fail(int file, Size size, Whole whole, Part part) {
  const int problem = is_ours(file) ? fault(Operation::write) : 0;
  if (problem == 0) return whole();
  if (problem < 0 && size > 1) return part(size / 2);
  errno = problem < 0 ? ENOSPC : problem;
  return -1;
}

struct CountAtEnd {
  ~CountAtEnd() {
    if (*setting("FAIL_COUNT") == '\0') return;
    if (std::FILE* file = std::fopen(setting("FAIL_COUNT"), "w")) {
      std::fprintf(file, "%d", operations.load());
      std::fclose(file);
    }
  }
} count_at_end;

int failed(int problem) {
  errno = problem < 0 ? ENOSPC : problem;
  return -1;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t size) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t)>("write");
  return write_or_fail(file, size, [&] { return real(file, bytes, size); }, [&](size_t half) { return real(file, bytes, half); });
}

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>("pwrite");
  return write_or_fail(file, size, [&] { return real(file, bytes, size, offset); },
                       [&](size_t half) { return real(file, bytes, half, offset); });
}

ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
  return write_or_fail(file, size, [&] { return real(file, bytes, size, offset); },
                       [&](size_t half) { return real(file, bytes, half, offset); });
}

ssize_t pread64(int file, void* bytes, size_t size, off64_t offset) {
  static const auto real = next<ssize_t (*)(int, void*, size_t, off64_t)>("pread64");
  if (const int problem = is_ours(file) ? fault(Operation::read) : 0) return failed(problem);
  return real(file, bytes, size, offset);
}

int ftruncate(int file, off_t size) {
  static const auto real = next<int (*)(int, off_t)>("ftruncate");
  if (const int problem = is_ours(file) ? fault(Operation::other) : 0) return failed(problem);
  return real(file, size);
}

int ftruncate64(int file, off64_t size) {
  static const auto real = next<int (*)(int, off64_t)>("ftruncate64");
  if (const int problem = is_ours(file) ? fault(Operation::other) : 0) return failed(problem);
  return real(file, size);
}

int fsync(int file) {
  static const auto real = next<int (*)(int)>("fsync");
  if (const int problem = is_ours(file) ? fault(Operation::flush) : 0) return failed(problem);
  return real(file);
}

int fdatasync(int file) {
  static const auto real = next<int (*)(int)>("fdatasync");
  if (const int problem = is_ours(file) ? fault(Operation::flush) : 0) return failed(problem);
  return real(file);
}

int open(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  const bool makes = (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
  if (const int problem = makes && is_ours(path) ? fault(Operation::other) : 0) return failed(problem);
  return real(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  static const auto real = next<int (*)(const char*, int, ...)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  const bool makes = (flags & O_CREAT) != 0 && ::access(path, F_OK) != 0;
  if (const int problem = makes && is_ours(path) ? fault(Operation::other) : 0) return failed(problem);
  return real(path, flags, mode);
}

// A disk that is full says so when it is asked.
int statvfs(const char* path, struct statvfs* status) {
  static const auto real = next<int (*)(const char*, struct statvfs*)>("statvfs");
  const int result = real(path, status);
  const bool full = std::strcmp(setting("FAIL_KIND"), "full") == 0 && *setting("FAIL_SWITCH") != '\0' &&
                    ::access(setting("FAIL_SWITCH"), F_OK) == 0;
  if (result == 0 && full) status->f_bavail = 100;
  return result;
}

}  // extern "C"
