// A file that stays open as long as somebody needs it, whatever becomes of its name meanwhile: for handing
// on what is longer than should be held. Immutable; thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat {

class OpenFile {
 public:
  // file_unreadable: not there, a link, or no plain file. server_busy: no descriptor is left.
  static Result<std::shared_ptr<const OpenFile>> open(const std::string& path);
  // Takes the descriptor over, whatever comes of it. file_unreadable.
  static Result<std::shared_ptr<const OpenFile>> own(int descriptor);
  ~OpenFile();
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  int descriptor() const { return descriptor_; }
  // Bytes it had when it was opened; it may have fewer now.
  std::uint64_t size() const { return size_; }

  // How many of `size` bytes from there were read: fewer only where the file ends. file_unreadable.
  Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const;
  // The whole file from the front, in pieces of at most 64 KB. file_unreadable, also when it has become shorter.
  Result<void> each_piece(const std::function<void(std::string_view)>& visit) const;

  // False while reading at both ends of this part would have to wait for the disk. True where the system
  // cannot tell, and beyond the end.
  bool is_at_hand(std::uint64_t offset, std::uint64_t length) const;
  // Has the part brought into memory, without waiting for it.
  void bring(std::uint64_t offset, std::uint64_t length) const;

 private:
  OpenFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  const int descriptor_;
  const std::uint64_t size_;
};

}  // namespace khaosat
