// A file as a source of bytes, and writing one so that it is there whole or not at all.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/byte_source.h"

namespace khaosat {

class FileBytes final : public ByteSource {
 public:
  // file_unreadable. The length is that at opening; a file that is replaced meanwhile is read on as
  // it was.
  static Result<std::shared_ptr<const FileBytes>> open(const std::string& path);
  ~FileBytes() override;
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const override;

 private:
  FileBytes(int file, std::uint64_t size, std::string path)
      : file_(file), size_(size), path_(std::move(path)) {}
  int file_;
  std::uint64_t size_;
  std::string path_;
};

// Mode 0600, flushed, then put in place of what was there. file_unwritable, storage_full.
Result<void> write_file(const std::string& path, std::string_view bytes);

}  // namespace khaosat
