#include "tests/support/test_disk.h"

#include <sqlite3.h>

#include <chrono>
#include <cstring>
#include <new>
#include <stdexcept>
#include <thread>

namespace khaosat {

namespace {

struct DiskFile {
  sqlite3_file base;
  std::string* path;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

DiskFile* of(sqlite3_file* file) { return reinterpret_cast<DiskFile*>(file); }
sqlite3_file* real(sqlite3_file* file) { return of(file)->real(); }
sqlite3_vfs* real(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }
TestDisk& disk() { return TestDisk::instance(); }

int disk_close(sqlite3_file* file) {
  const int code =
      real(file)->pMethods == nullptr ? SQLITE_OK : real(file)->pMethods->xClose(real(file));
  delete of(file)->path;
  of(file)->path = nullptr;
  return code;
}

int disk_read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  if (disk().next(TestDisk::Operation::read) != DiskFault::none) return SQLITE_IOERR_READ;
  return real(file)->pMethods->xRead(real(file), to, amount, offset);
}

int disk_write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  const DiskFault fault = disk().next(TestDisk::Operation::write);
  if (fault == DiskFault::io_error) return SQLITE_IOERR_WRITE;
  if (fault == DiskFault::full) return SQLITE_FULL;
  const int written = fault == DiskFault::short_write ? amount / 2 : amount;
  const int code = real(file)->pMethods->xWrite(real(file), from, written, offset);
  disk().add({DiskEvent::Kind::write, "", offset,
              std::string(static_cast<const char*>(from), static_cast<std::size_t>(written))},
             *of(file)->path);
  return fault == DiskFault::short_write ? SQLITE_FULL : code;
}

int disk_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (disk().next(TestDisk::Operation::truncate) != DiskFault::none) return SQLITE_IOERR_TRUNCATE;
  const int code = real(file)->pMethods->xTruncate(real(file), size);
  disk().add({DiskEvent::Kind::truncate, "", size, ""}, *of(file)->path);
  return code;
}

int disk_sync(sqlite3_file* file, int flags) {
  const DiskFault fault = disk().next(TestDisk::Operation::flush);
  if (fault != DiskFault::none) return SQLITE_IOERR_FSYNC;
  const int delay = disk().flush_delay();
  if (delay > 0) std::this_thread::sleep_for(std::chrono::microseconds(delay));
  const int code = real(file)->pMethods->xSync(real(file), flags);
  disk().add({DiskEvent::Kind::flush, "", 0, ""}, *of(file)->path);
  return code;
}

int disk_size(sqlite3_file* file, sqlite3_int64* size) {
  return real(file)->pMethods->xFileSize(real(file), size);
}
int disk_lock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xLock(real(file), level);
}
int disk_unlock(sqlite3_file* file, int level) {
  return real(file)->pMethods->xUnlock(real(file), level);
}
int disk_check_lock(sqlite3_file* file, int* held) {
  return real(file)->pMethods->xCheckReservedLock(real(file), held);
}
int disk_control(sqlite3_file* file, int what, void* value) {
  return real(file)->pMethods->xFileControl(real(file), what, value);
}
int disk_sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int disk_traits(sqlite3_file* file) {
  return real(file)->pMethods->xDeviceCharacteristics(real(file));
}
int disk_shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** to) {
  return real(file)->pMethods->xShmMap(real(file), page, size, extend, to);
}
int disk_shm_lock(sqlite3_file* file, int offset, int count, int flags) {
  return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}
void disk_shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
int disk_shm_unmap(sqlite3_file* file, int remove) {
  return real(file)->pMethods->xShmUnmap(real(file), remove);
}

const sqlite3_io_methods kMethods = {
    2,           disk_close,   disk_read,     disk_write,       disk_truncate,  disk_sync,
    disk_size,   disk_lock,    disk_unlock,   disk_check_lock,  disk_control,   disk_sector,
    disk_traits, disk_shm_map, disk_shm_lock, disk_shm_barrier, disk_shm_unmap, nullptr,
    nullptr};

int disk_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* wrapped = of(file);
  wrapped->base.pMethods = nullptr;
  wrapped->path = nullptr;
  std::memset(wrapped->real(), 0, static_cast<std::size_t>(real(vfs)->szOsFile));
  if (name == nullptr || (flags & SQLITE_OPEN_DELETEONCLOSE) != 0) disk().temporary_opened();
  if (disk().next(TestDisk::Operation::open) != DiskFault::none) return SQLITE_CANTOPEN;
  const int code = real(vfs)->xOpen(real(vfs), name, wrapped->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  wrapped->path = new std::string(name == nullptr ? "" : name);
  wrapped->base.pMethods = &kMethods;
  return SQLITE_OK;
}

int disk_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  if (disk().next(TestDisk::Operation::remove) != DiskFault::none) return SQLITE_IOERR_DELETE;
  const int code = real(vfs)->xDelete(real(vfs), name, sync_folder);
  if (code == SQLITE_OK) disk().add({DiskEvent::Kind::remove, "", sync_folder, ""}, name);
  return code;
}

}  // namespace

TestDisk& TestDisk::instance() {
  static TestDisk* only = new TestDisk();  // never destroyed: SQLite keeps its address
  return *only;
}

TestDisk::TestDisk() {
  sqlite3_vfs* real_vfs = sqlite3_vfs_find(nullptr);
  auto* vfs =
      new sqlite3_vfs(*real_vfs);  // everything not named below goes straight to the real one
  vfs->pNext = nullptr;
  vfs->zName = kName;
  vfs->pAppData = real_vfs;
  vfs->szOsFile = static_cast<int>(sizeof(DiskFile)) + real_vfs->szOsFile;
  vfs->xOpen = disk_open;
  vfs->xDelete = disk_delete;
  vfs->xAccess = [](sqlite3_vfs* v, const char* n, int f, int* r) {
    return real(v)->xAccess(real(v), n, f, r);
  };
  vfs->xFullPathname = [](sqlite3_vfs* v, const char* n, int s, char* o) {
    return real(v)->xFullPathname(real(v), n, s, o);
  };
  if (sqlite3_vfs_register(vfs, 0) != SQLITE_OK)
    throw std::runtime_error("cannot register the test disk");
}

void TestDisk::reset() {
  const std::lock_guard lock(mutex_);
  recording_ = false;
  events_.clear();
  fault_ = DiskFault::none;
  counts_.clear();
  flush_delay_ = 0;
  temporary_ = 0;
}

void TestDisk::record(std::string folder) {
  const std::lock_guard lock(mutex_);
  recording_ = true;
  folder_ = std::move(folder) + "/";
  events_.clear();
}

void TestDisk::note(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  if (recording_) events_.push_back({DiskEvent::Kind::note, "", number, ""});
}

std::vector<DiskEvent> TestDisk::take_record() {
  const std::lock_guard lock(mutex_);
  recording_ = false;
  return std::move(events_);
}

void TestDisk::fail(DiskFault fault, int at, bool persistent) {
  const std::lock_guard lock(mutex_);
  fault_ = fault;
  at_ = at;
  persistent_ = persistent;
  counts_.clear();
}

void TestDisk::heal() {
  const std::lock_guard lock(mutex_);
  fault_ = DiskFault::none;
  counts_.clear();
}

int TestDisk::operations(DiskFault fault) {
  const std::lock_guard lock(mutex_);
  return counts_[fault];
}

void TestDisk::slow_flush(int microseconds) {
  const std::lock_guard lock(mutex_);
  flush_delay_ = microseconds;
}

int TestDisk::temporary_files() {
  const std::lock_guard lock(mutex_);
  return temporary_;
}

void TestDisk::temporary_opened() {
  const std::lock_guard lock(mutex_);
  ++temporary_;
}

int TestDisk::flush_delay() {
  const std::lock_guard lock(mutex_);
  return flush_delay_;
}

DiskFault TestDisk::next(Operation operation) {
  const std::lock_guard lock(mutex_);
  const auto concerns = [operation](DiskFault fault) {
    switch (fault) {
      case DiskFault::none:
        return false;
      case DiskFault::io_error:
        return operation != Operation::flush;
      case DiskFault::full:
      case DiskFault::short_write:
        return operation == Operation::write;
      case DiskFault::flush_error:
        return operation == Operation::flush;
    }
    return false;
  };
  for (const DiskFault fault :
       {DiskFault::io_error, DiskFault::full, DiskFault::short_write, DiskFault::flush_error}) {
    if (concerns(fault)) ++counts_[fault];
  }
  if (!concerns(fault_)) return DiskFault::none;
  const int count = counts_[fault_];
  return count == at_ || (persistent_ && count > at_) ? fault_ : DiskFault::none;
}

void TestDisk::add(DiskEvent event, const std::string& absolute) {
  const std::lock_guard lock(mutex_);
  if (!recording_ || !absolute.starts_with(folder_)) return;
  event.path = absolute.substr(folder_.size());
  events_.push_back(std::move(event));
}

}  // namespace khaosat
