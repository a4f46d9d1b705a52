#include "server/storage/sqlite/joined_writes.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <new>

namespace khaosat::sqlite {

namespace {

// SQLite's own layer takes at most 131,071 bytes in one call, and takes more for a full disk.
constexpr int kMostHeld = 120 * 1024;

sqlite3_vfs* below(sqlite3_vfs* self) { return static_cast<sqlite3_vfs*>(self->pAppData); }

// A log. The file below lies behind it in the same memory, which SQLite provides.
struct Log {
  sqlite3_file file;  // first, as SQLite knows it
  sqlite3_file* real;
  char* held;                // null until something is held for the first time
  int held_bytes;
  sqlite3_int64 held_place;  // of its first byte
};

Log& log_of(sqlite3_file* file) { return *reinterpret_cast<Log*>(file); }
sqlite3_file* real(sqlite3_file* file) { return log_of(file).real; }

// Nothing is held afterwards, also on failure: SQLite then takes the transaction for not written.
int write_held(Log& log) {
  if (log.held_bytes == 0) return SQLITE_OK;
  const int bytes = log.held_bytes;
  log.held_bytes = 0;
  return log.real->pMethods->xWrite(log.real, log.held, bytes, log.held_place);
}

// Writes what is held, then does what was asked for.
template <typename Act>
int after_held(sqlite3_file* file, Act act) {
  const int code = write_held(log_of(file));
  return code == SQLITE_OK ? act(real(file)) : code;
}

int log_close(sqlite3_file* file) {
  Log& log = log_of(file);
  const int written = write_held(log);
  const int closed = log.real->pMethods == nullptr ? SQLITE_OK : log.real->pMethods->xClose(log.real);
  std::free(log.held);
  log.held = nullptr;
  return written == SQLITE_OK ? closed : written;
}

int log_write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 place) {
  Log& log = log_of(file);
  const bool follows = log.held_bytes > 0 && place == log.held_place + log.held_bytes;
  if (!follows || log.held_bytes + count > kMostHeld) {
    if (const int code = write_held(log); code != SQLITE_OK) return code;
    log.held_place = place;
  }
  if (log.held == nullptr) log.held = static_cast<char*>(std::malloc(kMostHeld));
  // No memory, or more than can be held: SQLite's own way.
  if (log.held == nullptr || count > kMostHeld) return log.real->pMethods->xWrite(log.real, bytes, count, place);
  std::memcpy(log.held + log.held_bytes, bytes, static_cast<std::size_t>(count));
  log.held_bytes += count;
  return SQLITE_OK;
}

int log_read(sqlite3_file* file, void* into, int count, sqlite3_int64 place) {
  return after_held(file, [&](sqlite3_file* one) { return one->pMethods->xRead(one, into, count, place); });
}
int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return after_held(file, [&](sqlite3_file* one) { return one->pMethods->xTruncate(one, size); });
}
int log_sync(sqlite3_file* file, int flags) {
  return after_held(file, [&](sqlite3_file* one) { return one->pMethods->xSync(one, flags); });
}
int log_size(sqlite3_file* file, sqlite3_int64* size) {
  return after_held(file, [&](sqlite3_file* one) { return one->pMethods->xFileSize(one, size); });
}
int log_lock(sqlite3_file* file, int level) { return real(file)->pMethods->xLock(real(file), level); }
int log_unlock(sqlite3_file* file, int level) { return real(file)->pMethods->xUnlock(real(file), level); }
int log_reserved(sqlite3_file* file, int* is_reserved) {
  return real(file)->pMethods->xCheckReservedLock(real(file), is_reserved);
}
int log_control(sqlite3_file* file, int what, void* argument) {
  return after_held(file, [&](sqlite3_file* one) { return one->pMethods->xFileControl(one, what, argument); });
}
int log_sector(sqlite3_file* file) { return real(file)->pMethods->xSectorSize(real(file)); }
int log_traits(sqlite3_file* file) { return real(file)->pMethods->xDeviceCharacteristics(real(file)); }

// Of version 1: shared memory and mapping belong to the database file, not to its log.
constexpr sqlite3_io_methods kLogMethods = {
    1,        log_close,  log_read,     log_write,    log_truncate, log_sync,   log_size,
    log_lock, log_unlock, log_reserved, log_control,  log_sector,   log_traits, nullptr,
    nullptr,  nullptr,    nullptr,      nullptr,      nullptr};

int open_file(sqlite3_vfs* self, sqlite3_filename name, sqlite3_file* file, int flags, int* flags_out) {
  sqlite3_vfs* base = below(self);
  // Every other kind of file is the one below, in the memory meant for ours.
  if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, name, file, flags, flags_out);
  auto* log = new (file) Log{};
  log->real = reinterpret_cast<sqlite3_file*>(log + 1);
  log->real->pMethods = nullptr;
  const int code = base->xOpen(base, name, log->real, flags, flags_out);
  // SQLite closes what has methods, also after a failure.
  if (log->real->pMethods != nullptr) log->file.pMethods = &kLogMethods;
  return code;
}

int remove_file(sqlite3_vfs* self, const char* name, int sync) { return below(self)->xDelete(below(self), name, sync); }
int may_access(sqlite3_vfs* self, const char* name, int flags, int* result) {
  return below(self)->xAccess(below(self), name, flags, result);
}
int full_path(sqlite3_vfs* self, const char* name, int count, char* out) {
  return below(self)->xFullPathname(below(self), name, count, out);
}
int randomness(sqlite3_vfs* self, int count, char* out) { return below(self)->xRandomness(below(self), count, out); }
int pause_for(sqlite3_vfs* self, int microseconds) { return below(self)->xSleep(below(self), microseconds); }
int time_now(sqlite3_vfs* self, double* julian) { return below(self)->xCurrentTime(below(self), julian); }
int last_error(sqlite3_vfs* self, int count, char* out) {
  return below(self)->xGetLastError == nullptr ? 0 : below(self)->xGetLastError(below(self), count, out);
}

// Lives as long as the program: SQLite keeps its address.
struct Layer {
  std::string name;
  sqlite3_vfs vfs{};
};

}  // namespace

Result<std::string> joined_writes_over(const std::string& vfs) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Layer>> layers;
  const std::lock_guard lock(mutex);
  sqlite3_vfs* base = sqlite3_vfs_find(vfs.empty() ? nullptr : vfs.c_str());
  if (base == nullptr) return fail(ErrorCode::storage_failed, "no such file system layer", vfs);
  auto& layer = layers[base->zName];
  // A test may register its layer anew under the same name.
  if (layer != nullptr && layer->vfs.pAppData == base && layer->vfs.szOsFile >= base->szOsFile) return layer->name;
  if (layer != nullptr) sqlite3_vfs_unregister(&layer->vfs);
  layer = std::make_unique<Layer>();
  layer->name = std::string("joined writes over ") + base->zName;
  layer->vfs.iVersion = 1;
  layer->vfs.szOsFile = static_cast<int>(sizeof(Log)) + base->szOsFile;
  layer->vfs.mxPathname = base->mxPathname;
  layer->vfs.zName = layer->name.c_str();
  layer->vfs.pAppData = base;
  layer->vfs.xOpen = open_file;
  layer->vfs.xDelete = remove_file;
  layer->vfs.xAccess = may_access;
  layer->vfs.xFullPathname = full_path;
  layer->vfs.xRandomness = randomness;
  layer->vfs.xSleep = pause_for;
  layer->vfs.xCurrentTime = time_now;
  layer->vfs.xGetLastError = last_error;
  if (sqlite3_vfs_register(&layer->vfs, 0) != SQLITE_OK)
    return fail(ErrorCode::storage_failed, "a file system layer cannot be registered", layer->name);
  return layer->name;
}

}  // namespace khaosat::sqlite
