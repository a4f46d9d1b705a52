// From numbers to positions, for lookups in a hot loop: one flat table, one probe in most cases, no
// allocation for each entry. Grows, never shrinks. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace khaosat {

class NumberIndex {
 public:
  // The position of `number`, or nothing.
  std::optional<std::uint32_t> find(std::uint64_t number) const {
    if (slots_.empty()) return std::nullopt;
    for (std::size_t at = place_of(number);; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].position == kFree) return std::nullopt;
      if (slots_[at].number == number) return slots_[at].position;
    }
  }
  // `number` must not be there yet; `position` below 2^32 - 1.
  void add(std::uint64_t number, std::uint32_t position) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    put(number, position);
    ++size_;
  }

 private:
  static constexpr std::uint32_t kFree = 0xffffffff;
  struct Slot {
    std::uint64_t number = 0;
    std::uint32_t position = kFree;
  };
  // The upper bits of a product with an odd number near 2^64 over the golden ratio (Knuth 6.4).
  std::size_t place_of(std::uint64_t number) const {
    return static_cast<std::size_t>(number * 0x9e3779b97f4a7c15U >> shift_);
  }
  void put(std::uint64_t number, std::uint32_t position) {
    std::size_t at = place_of(number);
    while (slots_[at].position != kFree) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {number, position};
  }
  void grow() {
    std::vector<Slot> before = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? 64 : 2 * slots_.size()));
    shift_ = 64;
    for (std::size_t size = slots_.size(); size > 1; size /= 2) --shift_;
    for (const Slot& slot : before)
      if (slot.position != kFree) put(slot.number, slot.position);
  }

  std::vector<Slot> slots_;  // a power of two, at most half full
  std::size_t size_ = 0;
  int shift_ = 64;
};

}  // namespace khaosat
