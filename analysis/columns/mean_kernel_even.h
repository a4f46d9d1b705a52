// MeanKernel::fill_even, for processors that look bytes up in a table; without that counting is the faster way. Included
// like mean_kernel_lanes.h, after it.
#include "analysis/columns/mean_kernel_lanes.h"

namespace khaosat::columns {
namespace {

// What a slot stands for in a table of sixteen; of no meaning for higher slots.
inline ByteVector look_up(const ByteVector& table, const ByteVector& slots) {
#if defined(__AVX512BW__)
  return reinterpret_cast<ByteVector>(_mm512_shuffle_epi8(reinterpret_cast<__m512i>(table), reinterpret_cast<__m512i>(slots)));
#else
  return reinterpret_cast<ByteVector>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(table), reinterpret_cast<__m256i>(slots)));
#endif
}
inline ByteVector table_of(const std::uint8_t* sixteen) {
#if defined(__AVX512F__)
  return reinterpret_cast<ByteVector>(_mm512_maskz_broadcast_i32x4(0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen))));
#else
  return reinterpret_cast<ByteVector>(_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sixteen))));
#endif
}
inline ByteVector larger(const ByteVector& a, const ByteVector& b) {
#if defined(__AVX512BW__)
  return reinterpret_cast<ByteVector>(_mm512_max_epu8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#else
  return reinterpret_cast<ByteVector>(_mm256_max_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#endif
}
// Bytes that stay at 255.
inline ByteVector add_up_to_255(const ByteVector& a, const ByteVector& b) {
#if defined(__AVX512BW__)
  return reinterpret_cast<ByteVector>(_mm512_adds_epu8(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#else
  return reinterpret_cast<ByteVector>(_mm256_adds_epu8(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#endif
}

// Bytes fetched before they are wanted: what the processor foresees by itself comes too late. Beyond the end nothing happens.
constexpr std::size_t kAhead = 2048;

unsigned fill_even(const EvenScores& scores, const std::uint8_t* codes, std::size_t rows, const SmallSums& sums, std::size_t row) {
  const ByteVector answered_of = table_of(scores.answered);
  const ByteVector position_of = table_of(scores.positions);
  const ByteVector none{};
  ByteVector uncounted{};
  ByteVector refused{};
  std::int16_t* to = sums.answered(0, row);
  for (std::size_t from = 0; from < scores.columns; from += kVectorBytes) {
    const std::uint8_t* at = codes + from;
    ByteVector answered{};
    ByteVector highest{};
    ShortVector low{};
    ShortVector high{};
    for (std::size_t done = 0; done < rows;) {
      ByteVector positions{};
      const std::size_t end = rows - done < scores.rows_at_once ? rows : done + scores.rows_at_once;
      for (; done < end; ++done, at += scores.columns) {
        __builtin_prefetch(at + kAhead);
        const ByteVector slot = get<ByteVector>(at) + scores.to_slot;
        highest = larger(highest, slot);
        answered = add_up_to_255(answered, look_up(answered_of, slot));
        positions += look_up(position_of, slot);
      }
      low += wide(lower_half(positions));
      high += wide(upper_half(positions));
    }
    // A code that is not in the file's list has added 255, or stands above the table.
    const ByteVector column = get<ByteVector>(scores.column + from);
    answered &= column;
    highest &= column;
    uncounted |= reinterpret_cast<ByteVector>(answered > none + static_cast<std::uint8_t>(rows)) |
                 reinterpret_cast<ByteVector>(highest > none + static_cast<std::uint8_t>(kPositionSlots - 1));
    refused |= reinterpret_cast<ByteVector>(highest > get<ByteVector>(scores.highest + from));
    // What a product loses above sixteen bits is not in the sum.
    alignas(64) std::int16_t counts[kVectorBytes];
    alignas(64) std::int16_t points[kVectorBytes];
    const auto half = [&](const HalfBytes& bytes, const ShortVector& positions, std::size_t k) {
      const ShortVector count = wide(bytes);
      put(counts + k, count);
      put(points + k, count * get<ShortVector>(scores.first + from + k) + positions * get<ShortVector>(scores.step + from + k));
    };
    half(lower_half(answered), low, 0);
    half(upper_half(answered), high, kVectorBytes / 2);
    for (std::size_t k = 0; k < kVectorBytes && from + k < scores.columns; k += kBlockColumns, to += sums.rows * 2 * kBlockColumns) {
      put(to, get<EightShorts>(counts + k));
      put(to + kBlockColumns, get<EightShorts>(points + k));
    }
  }
  return (any(uncounted) ? kUncounted : 0U) | (any(refused) ? kRefusedAnswer : 0U);
}

}  // namespace
}  // namespace khaosat::columns
