#include "analysis/columns/count_codes.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace khaosat::columns {
namespace {

constexpr std::size_t kLanes = 64;
constexpr std::size_t kBlock = 16;
// Half a byte holds 15; then it is emptied into a whole one.
constexpr std::size_t kRowsInHalf = 15;
// Bytes fetched before they are wanted: between two pieces there is other work, and what the processor
// foresees by itself comes too late. Beyond the end nothing happens.
constexpr std::size_t kAhead = 2048;

void count_portable(const CountPlan& plan, const std::uint8_t* codes, std::size_t rows,
                    std::uint8_t* counts) {
  // One place more than there are slots takes what is not asked for.
  std::array<std::size_t, 256> place;
  place.fill(plan.slots.size() * plan.stride);
  for (std::size_t s = 0; s < plan.slots.size(); ++s)
    place[static_cast<std::uint8_t>(plan.slots[s] - kFirstAnswerSlot)] = s * plan.stride;
  std::fill_n(counts, plan.counts(), std::uint8_t{0});
  for (std::size_t row = 0; row < rows; ++row, codes += plan.columns) {
    for (std::size_t k = 0; k < plan.columns; ++k) {
      const std::size_t at = place[codes[k]];
      if (at < plan.counts()) ++counts[at + k];
    }
  }
}

#if defined(__x86_64__)

// The same twice, for 32 and for 64 columns at a time. A slot above or below the block gives an index
// of 0x80 and more after the saturating addition, for which the shuffle gives 0.

template <std::size_t Pairs>
__attribute__((target("avx2"))) void count_block_avx2(const CountPlan& plan, const SlotPair* pairs,
                                                      const std::uint8_t* codes, std::size_t rows,
                                                      std::uint8_t* counts) {
  __m256i table[Pairs];
  for (std::size_t p = 0; p < Pairs; ++p)
    table[p] = _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(pairs[p].table.data())));
  const __m256i to_block = _mm256_set1_epi8(static_cast<char>(kFirstAnswerSlot - kBlock * pairs[0].block));
  const __m256i top = _mm256_set1_epi8(0x70);
  const __m256i half = _mm256_set1_epi8(0x0f);
  for (std::size_t column = 0; column < plan.columns; column += 32) {
    const std::uint8_t* row = codes + column;
    for (std::size_t done = 0; done < rows;) {
      const std::size_t end = std::min(rows, done + kRowsInHalf);
      __m256i sum[Pairs];
      for (std::size_t p = 0; p < Pairs; ++p) sum[p] = _mm256_setzero_si256();
      const bool first = done == 0;
      for (; done < end; ++done, row += plan.columns) {
        _mm_prefetch(reinterpret_cast<const char*>(row) + kAhead, _MM_HINT_T0);
        const __m256i code = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
        const __m256i index = _mm256_adds_epu8(_mm256_add_epi8(code, to_block), top);
        for (std::size_t p = 0; p < Pairs; ++p)
          sum[p] = _mm256_add_epi8(sum[p], _mm256_shuffle_epi8(table[p], index));
      }
      for (std::size_t p = 0; p < Pairs; ++p) {
        auto* low = reinterpret_cast<__m256i*>(counts + pairs[p].low * plan.stride + column);
        auto* high = reinterpret_cast<__m256i*>(counts + pairs[p].high * plan.stride + column);
        __m256i low_sum = _mm256_and_si256(sum[p], half);
        __m256i high_sum = _mm256_and_si256(_mm256_srli_epi16(sum[p], 4), half);
        if (!first) {
          low_sum = _mm256_add_epi8(low_sum, _mm256_loadu_si256(low));
          high_sum = _mm256_add_epi8(high_sum, _mm256_loadu_si256(high));
        }
        // A single slot writes its half last.
        if (low != high) _mm256_storeu_si256(high, high_sum);
        _mm256_storeu_si256(low, low_sum);
      }
    }
  }
}

template <std::size_t Pairs>
__attribute__((target("avx512f,avx512bw,avx512vl"))) void count_block_avx512(
    const CountPlan& plan, const SlotPair* pairs, const std::uint8_t* codes, std::size_t rows,
    std::uint8_t* counts) {
  __m512i table[Pairs];
  for (std::size_t p = 0; p < Pairs; ++p)
    table[p] = _mm512_maskz_broadcast_i32x4(
        0xffff, _mm_loadu_si128(reinterpret_cast<const __m128i*>(pairs[p].table.data())));
  const __m512i to_block = _mm512_set1_epi8(static_cast<char>(kFirstAnswerSlot - kBlock * pairs[0].block));
  const __m512i top = _mm512_set1_epi8(0x70);
  const __m512i half = _mm512_set1_epi8(0x0f);
  for (std::size_t column = 0; column < plan.columns; column += kLanes) {
    const std::uint8_t* row = codes + column;
    for (std::size_t done = 0; done < rows;) {
      const std::size_t end = std::min(rows, done + kRowsInHalf);
      __m512i sum[Pairs];
      for (std::size_t p = 0; p < Pairs; ++p) sum[p] = _mm512_setzero_si512();
      const bool first = done == 0;
      for (; done < end; ++done, row += plan.columns) {
        // Beyond the last column stands the next row, or what may be read.
        _mm_prefetch(reinterpret_cast<const char*>(row) + kAhead, _MM_HINT_T0);
        const __m512i code = _mm512_loadu_si512(row);
        const __m512i index = _mm512_adds_epu8(_mm512_add_epi8(code, to_block), top);
        for (std::size_t p = 0; p < Pairs; ++p)
          sum[p] = _mm512_add_epi8(sum[p], _mm512_shuffle_epi8(table[p], index));
      }
      for (std::size_t p = 0; p < Pairs; ++p) {
        std::uint8_t* low = counts + pairs[p].low * plan.stride + column;
        std::uint8_t* high = counts + pairs[p].high * plan.stride + column;
        __m512i low_sum = _mm512_and_si512(sum[p], half);
        __m512i high_sum = _mm512_and_si512(_mm512_srli_epi16(sum[p], 4), half);
        if (!first) {
          low_sum = _mm512_add_epi8(low_sum, _mm512_loadu_si512(low));
          high_sum = _mm512_add_epi8(high_sum, _mm512_loadu_si512(high));
        }
        if (low != high) _mm512_storeu_si512(high, high_sum);
        _mm512_storeu_si512(low, low_sum);
      }
    }
  }
}

// Calls the version made for the number of pairs, so that all sums stay in registers.
template <template <std::size_t> typename Kernel>
void count_in_blocks(const CountPlan& plan, const std::uint8_t* codes, std::size_t rows,
                     std::uint8_t* counts) {
  if (rows == 0) {
    std::fill_n(counts, plan.counts(), std::uint8_t{0});
    return;
  }
  for (std::size_t from = 0; from < plan.pairs.size();) {
    std::size_t to = from;
    while (to < plan.pairs.size() && plan.pairs[to].block == plan.pairs[from].block) ++to;
    const SlotPair* pairs = plan.pairs.data() + from;
    switch (to - from) {
      case 1: Kernel<1>::count(plan, pairs, codes, rows, counts); break;
      case 2: Kernel<2>::count(plan, pairs, codes, rows, counts); break;
      case 3: Kernel<3>::count(plan, pairs, codes, rows, counts); break;
      case 4: Kernel<4>::count(plan, pairs, codes, rows, counts); break;
      case 5: Kernel<5>::count(plan, pairs, codes, rows, counts); break;
      case 6: Kernel<6>::count(plan, pairs, codes, rows, counts); break;
      case 7: Kernel<7>::count(plan, pairs, codes, rows, counts); break;
      default: Kernel<8>::count(plan, pairs, codes, rows, counts); break;
    }
    from = to;
  }
}

template <std::size_t Pairs>
struct Avx2 {
  static constexpr auto count = count_block_avx2<Pairs>;
};
template <std::size_t Pairs>
struct Avx512 {
  static constexpr auto count = count_block_avx512<Pairs>;
};

#endif

}  // namespace

CountPlan::CountPlan(std::size_t column_count, std::uint64_t slot_bits)
    : columns(column_count), stride((column_count + kLanes - 1) / kLanes * kLanes) {
  for (std::size_t slot = 0; slot < kSlots; ++slot)
    if (((slot_bits >> slot) & 1U) != 0) slots.push_back(static_cast<std::uint8_t>(slot));
  for (std::size_t s = 0; s < slots.size();) {
    SlotPair pair;
    pair.block = static_cast<std::uint8_t>(slots[s] / kBlock);
    pair.low = pair.high = s;
    pair.table[slots[s] % kBlock] = 0x01;
    ++s;
    if (s < slots.size() && slots[s] / kBlock == pair.block) {
      pair.high = s;
      pair.table[slots[s] % kBlock] = 0x10;
      ++s;
    }
    pairs.push_back(pair);
  }
}

CountCodes count_codes(Instructions instructions) {
#if defined(__x86_64__)
  if (instructions == Instructions::avx512) return count_in_blocks<Avx512>;
  if (instructions == Instructions::avx2) return count_in_blocks<Avx2>;
#endif
  static_cast<void>(instructions);
  return count_portable;
}

bool all_counted(const CountPlan& plan, std::size_t rows, const std::uint8_t* counts) {
  for (std::size_t k = 0; k < plan.columns; ++k) {
    std::size_t sum = 0;
    for (std::size_t s = 0; s < plan.slots.size(); ++s) sum += counts[s * plan.stride + k];
    if (sum != rows) return false;
  }
  return true;
}

}  // namespace khaosat::columns
