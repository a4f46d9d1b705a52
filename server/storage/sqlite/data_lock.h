// One program per data folder: a lock file with the number of the process that holds it. The lock
// is the system's (flock), so a killed program leaves none behind.
#pragma once

#include <string>

#include "base/result.h"

namespace khaosat::sqlite {

class DataLock {
 public:
  // data_in_use names the process that holds it; file_unwritable.
  static Result<DataLock> take(const std::string& folder);
  DataLock(DataLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int file) : file_(file) {}
  int file_;
};

}  // namespace khaosat::sqlite
