// Numbers that look random and are the same on every machine: SplitMix64 (Steele, Lea & Flood 2014).
// For simulations that anybody must be able to repeat; nothing secret may rest on it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace khaosat::robustness {

class RandomStream {
 public:
  explicit RandomStream(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBULL;
    return mixed ^ (mixed >> 31U);
  }
  // In the open interval (0, 1), 53 bits.
  double uniform() { return (static_cast<double>(next() >> 11U) + 0.5) * 0x1p-53; }
  // In [0, count).
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(uniform() * static_cast<double>(count)); }

 private:
  std::uint64_t state_;
};

}  // namespace khaosat::robustness
