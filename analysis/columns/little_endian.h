// Whole numbers and texts as bytes, low byte first; and reading them back without ever leaving the
// bytes given. Internal to analysis/columns.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_source.h"

namespace khaosat::columns {

static_assert(std::endian::native == std::endian::little, "rows are read as they lie");

// Rows of one cell stand in pieces of this many: the codes of a piece, then its weights if any.
inline constexpr std::size_t kRowsInPiece = 240;

inline void put_u32(std::string& out, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}
inline void put_u64(std::string& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<char>((value >> shift) & 0xff));
}
inline void put_text(std::string& out, std::string_view text) {
  out.push_back(static_cast<char>(text.size() & 0xff));
  out.push_back(static_cast<char>((text.size() >> 8) & 0xff));
  out.append(text);
}

// Past the end it gives zeros and empty texts and remembers that it failed.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : bytes_(bytes) {}

  std::uint64_t number(std::size_t width) {
    if (width > bytes_.size()) {
      failed_ = true;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t k = width; k-- > 0;) value = value << 8 | bytes_[k];
    bytes_ = bytes_.subspan(width);
    return value;
  }
  double real() { return std::bit_cast<double>(number(8)); }
  std::string_view raw(std::size_t length) {
    if (length > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view taken(reinterpret_cast<const char*>(bytes_.data()), length);
    bytes_ = bytes_.subspan(length);
    return taken;
  }
  std::string text() { return std::string(raw(static_cast<std::size_t>(number(2)))); }
  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty() && !failed_; }
  std::size_t left() const { return bytes_.size(); }

 private:
  Bytes bytes_;
  bool failed_ = false;
};

}  // namespace khaosat::columns
