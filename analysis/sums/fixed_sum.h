// A sum of doubles that comes out in the same bits whatever the order and however it was split.
//
// Every addend is rounded once to a multiple of 2^-60 and added as a 128-bit integer; integer
// addition is associative, so partial sums of other machines, batches or threads add up exactly.
// Addends of magnitude 2^-7 (0.0078) and more lose nothing; smaller ones at most 2^-61 each.
#pragma once

#include <cmath>
#include <cstdint>

namespace khaosat::sums {

// Addends must be finite and below this in magnitude; 2^27 (134 million) of them cannot overflow.
inline constexpr double kLargestAddend = 1099511627776.0;  // 2^40

// Sums are whole multiples of 2^-60.
inline constexpr int kFixedSumShift = 60;

class FixedSum {
 public:
  void add(double value) { units_ += static_cast<Integer>(std::nearbyint(value * kScale)); }
  void add(const FixedSum& other) { units_ += other.units_; }
  // The same bits as adding `value` so many times.
  void add_times(double value, std::uint64_t times) {
    units_ += static_cast<Integer>(std::nearbyint(value * kScale)) * static_cast<Integer>(times);
  }
  // times * value * 2^-shift, exact but for one rounding to a multiple of 2^-60. `times` below 2^60,
  // shift at most 40, the product as small as any addend's limit times the number of addends.
  void add_scaled(double value, std::uint64_t times, int shift) {
    int exponent = 0;
    const double fraction = std::frexp(value, &exponent);  // value = mantissa * 2^(exponent - 53)
    const Integer product =
        static_cast<Integer>(std::ldexp(fraction, 53)) * static_cast<Integer>(times);
    const int up = 60 - shift + exponent - 53;
    if (up >= 0) {
      units_ += product * (static_cast<Integer>(1) << up);
    } else if (up > -126) {
      units_ += (product + (static_cast<Integer>(1) << (-up - 1))) >> -up;
    }
  }
  // The nearest double to the exact sum.
  double value() const { return static_cast<double>(units_) / kScale; }
  bool operator==(const FixedSum&) const = default;

  // For storing: the two halves of the integer, two's complement.
  std::int64_t high() const { return static_cast<std::int64_t>(units_ >> 64); }
  std::uint64_t low() const { return static_cast<std::uint64_t>(units_); }
  static FixedSum from_halves(std::int64_t high, std::uint64_t low) {
    FixedSum sum;
    sum.units_ = static_cast<Integer>((static_cast<Unsigned>(static_cast<std::uint64_t>(high)) << 64) |
                                      static_cast<Unsigned>(low));
    return sum;
  }

 private:
  __extension__ typedef __int128 Integer;
  __extension__ typedef unsigned __int128 Unsigned;
  static constexpr double kScale = 1152921504606846976.0;  // 2^60
  Integer units_ = 0;
};

}  // namespace khaosat::sums
