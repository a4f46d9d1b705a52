// A file system layer for SQLite between the store and the real disk, in tests only. It can keep a
// record of everything that happens to the files, fail on demand, and be as slow as a cheap disk.
// One exists at a time. Thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace khaosat {

// What a disk saw, in order. Paths are relative to `TestDisk::folder`.
struct DiskEvent {
  enum class Kind { write, truncate, flush, remove, note };
  Kind kind = Kind::note;
  std::string path;
  std::int64_t offset = 0;  // of a write; the new size of a truncation; the number of a note
  std::string bytes;
};

enum class DiskFault {
  none,
  io_error,     // any operation fails
  full,         // writes fail for want of space
  short_write,  // half of the bytes arrive, then no space
  flush_error,
};

class TestDisk {
 public:
  // The only one; registered with SQLite the first time.
  static TestDisk& instance();
  static constexpr const char* kName = "khaosat-test-disk";

  // Back to an obedient disk that remembers nothing.
  void reset();

  void record(std::string folder);  // files below this folder
  void note(std::int64_t number);   // an acknowledgement, between the operations
  std::vector<DiskEvent> take_record();

  // The `at`-th operation (from 1) that the fault concerns fails, and with `persistent` all after
  // it.
  void fail(DiskFault fault, int at, bool persistent);
  void heal();
  // Operations of the kind since reset() or heal().
  int operations(DiskFault fault);

  void slow_flush(int microseconds);
  int temporary_files();  // opened since reset()

  // For the layer itself.
  enum class Operation { read, write, truncate, flush, open, remove };
  DiskFault next(Operation operation);
  void add(DiskEvent event, const std::string& absolute);
  int flush_delay();
  void temporary_opened();

 private:
  TestDisk();
  std::mutex mutex_;
  bool recording_ = false;
  std::string folder_;
  std::vector<DiskEvent> events_;
  DiskFault fault_ = DiskFault::none;
  int at_ = 0;
  bool persistent_ = false;
  std::map<DiskFault, int> counts_;
  int flush_delay_ = 0;
  int temporary_ = 0;
};

}  // namespace khaosat
