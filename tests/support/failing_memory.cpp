// Memory that runs out on demand, below a program that knows nothing of it: loaded with LD_PRELOAD, in
// tests only. MEMORY_SWITCH names a file of four 32-bit numbers, shared with the test while both run:
// armed · requests to go until one fails · 1: all after it fail as well · failures so far
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
}

namespace {

struct Switch {
  std::atomic<int> armed;
  std::atomic<int> to_go;
  std::atomic<int> for_good;
  std::atomic<int> failures;
};

Switch* the_switch = nullptr;

__attribute__((constructor)) void find_switch() {
  const char* path = std::getenv("MEMORY_SWITCH");
  const int file = path == nullptr ? -1 : ::open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* place = ::mmap(nullptr, sizeof(Switch), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) the_switch = static_cast<Switch*>(place);
  ::close(file);
}

bool must_fail() {
  if (the_switch == nullptr || the_switch->armed == 0) return false;
  const int left = --the_switch->to_go;
  if (left != 0 && !(left < 0 && the_switch->for_good != 0)) return false;
  ++the_switch->failures;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {
void* malloc(std::size_t size) { return must_fail() ? nullptr : __libc_malloc(size); }
void* calloc(std::size_t count, std::size_t size) { return must_fail() ? nullptr : __libc_calloc(count, size); }
void* realloc(void* old, std::size_t size) { return must_fail() ? nullptr : __libc_realloc(old, size); }
}
