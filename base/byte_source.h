// Bytes to read from, wherever they lie: so that pure code can read a file it cannot open.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace khaosat {

using Bytes = std::span<const std::uint8_t>;

inline Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Calls are safe from any thread; the bytes do not change while the source lives.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  // Fills `into` from `offset`. file_unreadable when the range does not lie inside, or on trouble.
  virtual Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const = 0;
  // Everything, where it lies in memory anyway; otherwise nothing.
  virtual std::optional<Bytes> in_memory() const { return std::nullopt; }
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint64_t size() const override { return bytes_.size(); }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const override {
    if (offset > bytes_.size() || into.size() > bytes_.size() - offset)
      return fail(ErrorCode::file_unreadable, "the bytes end before they should");
    if (!into.empty()) std::memcpy(into.data(), bytes_.data() + offset, into.size());
    return {};
  }
  std::optional<Bytes> in_memory() const override { return bytes_of(bytes_); }

 private:
  std::string bytes_;
};

}  // namespace khaosat
