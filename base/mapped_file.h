// A file as bytes that the system brings into memory page by page and takes out again: for reading what
// is longer than should be held. Immutable; thread safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

class MappedFile {
 public:
  // file_unreadable. The file must not become shorter while it is open.
  static Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {data_, size_}; }

 private:
  MappedFile(const char* data, std::size_t size) : data_(data), size_(size) {}
  const char* data_;
  std::size_t size_;
};

}  // namespace khaosat
