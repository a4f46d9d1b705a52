// The body of the kernels in mean_kernel.h: included once by each mean_kernel_*.cpp, which says before
// how many bytes its processor takes at once (kVectorBytes). Everything is local to that file.
#include "analysis/columns/mean_kernel.h"

namespace khaosat::columns {
namespace {

constexpr std::size_t kLaneCount = kVectorBytes / sizeof(double);
constexpr std::size_t kShortCount = kVectorBytes / sizeof(std::int16_t);

typedef double Doubles __attribute__((vector_size(kVectorBytes)));
typedef std::uint8_t ByteVector __attribute__((vector_size(kVectorBytes)));
typedef std::int16_t ShortVector __attribute__((vector_size(kVectorBytes)));
typedef std::uint8_t HalfBytes __attribute__((vector_size(kVectorBytes / 2)));
typedef std::int16_t EightShorts __attribute__((vector_size(16)));
typedef std::uint8_t EightBytes __attribute__((vector_size(8)));
typedef std::int32_t EightInts __attribute__((vector_size(32)));
typedef double EightDoubles __attribute__((vector_size(64)));

// From and to any address. (Alignment said in a typedef is lost in a template's argument.)
template <typename To, typename From>
inline To get(const From* from) {
  To to;
  __builtin_memcpy(&to, from, sizeof to);
  return to;
}
template <typename What, typename To>
inline void put(To* to, const What& what) {
  __builtin_memcpy(to, &what, sizeof what);
}

// Numbers side by side, with the arithmetic of one.
struct Lanes {
  Doubles v{};
};
inline Lanes lanes_at(const double* from) { return {get<Doubles>(from)}; }
inline void store(double* to, const Lanes& lanes) { put(to, lanes.v); }
inline Lanes operator+(const Lanes& a, const Lanes& b) { return {a.v + b.v}; }
inline Lanes operator-(const Lanes& a, const Lanes& b) { return {a.v - b.v}; }
inline Lanes operator*(const Lanes& a, const Lanes& b) { return {a.v * b.v}; }
inline Lanes operator/(const Lanes& a, const Lanes& b) { return {a.v / b.v}; }
inline Lanes operator/(const Lanes& a, double b) { return {a.v / b}; }
inline Lanes operator*(double a, const Lanes& b) { return {a * b.v}; }
inline Lanes operator-(double a, const Lanes& b) { return {a - b.v}; }
// 1 where the lane is above zero.
inline Lanes positive(const Lanes& a) {
  const Doubles zero{};
  return {(a.v > zero) ? zero + 1 : zero};
}
inline bool all_positive(const Lanes& a) {
  bool all = true;
  for (std::size_t k = 0; k < kLaneCount; ++k) all = all && a.v[k] > 0;
  return all;
}

// Without a way through memory where the processor has one.
inline HalfBytes lower_half(const ByteVector& bytes) {
#if defined(__AVX512F__)
  return reinterpret_cast<HalfBytes>(_mm512_maskz_extracti64x4_epi64(0xf, reinterpret_cast<__m512i>(bytes), 0));
#elif defined(__AVX2__)
  return reinterpret_cast<HalfBytes>(_mm256_castsi256_si128(reinterpret_cast<__m256i>(bytes)));
#else
  HalfBytes half;
  __builtin_memcpy(&half, &bytes, sizeof half);
  return half;
#endif
}
inline HalfBytes upper_half(const ByteVector& bytes) {
#if defined(__AVX512F__)
  return reinterpret_cast<HalfBytes>(_mm512_maskz_extracti64x4_epi64(0xf, reinterpret_cast<__m512i>(bytes), 1));
#elif defined(__AVX2__)
  return reinterpret_cast<HalfBytes>(_mm256_extracti128_si256(reinterpret_cast<__m256i>(bytes), 1));
#else
  HalfBytes half;
  __builtin_memcpy(&half, reinterpret_cast<const char*>(&bytes) + sizeof half, sizeof half);
  return half;
#endif
}

template <typename Vector>
inline bool any(const Vector& bytes) {
#if defined(__AVX512F__)
  if constexpr (sizeof bytes == 64) return _mm512_test_epi64_mask(reinterpret_cast<__m512i>(bytes), reinterpret_cast<__m512i>(bytes)) != 0;
#endif
  std::uint64_t words[kVectorBytes / 8];
  __builtin_memcpy(words, &bytes, sizeof words);
  std::uint64_t found = 0;
  for (const std::uint64_t word : words) found |= word;
  return found != 0;
}

// Wider at once. The compiler by itself goes through halves and puts them together again.
inline ShortVector wide(const HalfBytes& bytes) {
#if defined(__AVX512BW__)
  return reinterpret_cast<ShortVector>(_mm512_cvtepu8_epi16(reinterpret_cast<__m256i>(bytes)));
#else
  return __builtin_convertvector(bytes, ShortVector);
#endif
}
inline EightDoubles eight_doubles(const std::int16_t* from) {
#if defined(__AVX512F__)
  const __m256i ints = _mm256_cvtepi16_epi32(reinterpret_cast<__m128i>(get<EightShorts>(from)));
  return reinterpret_cast<EightDoubles>(_mm512_maskz_cvtepi32_pd(0xff, ints));
#else
  return __builtin_convertvector(__builtin_convertvector(get<EightShorts>(from), EightInts), EightDoubles);
#endif
}

// How many gave an answer with a score, for 64 columns, what it comes to in units, where these are whole, and whether
// all answers were known. Counts of one slot after the other, each looked at once.
inline unsigned add_up(const ScoreTables& tables, const std::uint8_t* counts, std::size_t rows, std::size_t from,
                       std::int16_t* answered, std::int16_t* score) {
  unsigned flags = kFilled;
  for (std::size_t k = 0; k < 64; k += kVectorBytes) {
    ByteVector all{};
    ByteVector scored{};
    ByteVector refused{};
    ShortVector low{};
    ShortVector high{};
    std::size_t s = 0;
    std::size_t at = from + k;
    for (; s < tables.first_scored; ++s, at += tables.stride) {
      const ByteVector count = get<ByteVector>(counts + at);
      all += count;
      if (tables.refused != nullptr) refused |= count & get<ByteVector>(tables.refused + at);
    }
    for (; s < tables.slots; ++s, at += tables.stride) {
      const ByteVector count = get<ByteVector>(counts + at);
      all += count;
      scored += count & get<ByteVector>(tables.scored + at);
      if (tables.refused != nullptr) refused |= count & get<ByteVector>(tables.refused + at);
      if (tables.whole == nullptr) continue;
      low += wide(lower_half(count)) * get<ShortVector>(tables.whole + at);
      high += wide(upper_half(count)) * get<ShortVector>(tables.whole + at + kVectorBytes / 2);
    }
    // Wider at once: eight bytes alone would go through ordinary registers.
    put(answered + k, wide(lower_half(scored)));
    put(answered + k + kVectorBytes / 2, wide(upper_half(scored)));
    put(score + k, low);
    put(score + k + kVectorBytes / 2, high);
    const ByteVector wrong = (all ^ static_cast<std::uint8_t>(rows)) & get<ByteVector>(tables.column + from + k);
    if (any(wrong)) flags |= kUncounted;
    if (tables.refused != nullptr && any(refused)) flags |= kRefusedAnswer;
  }
  return flags;
}

inline std::size_t filled_blocks(const std::uint8_t* column) {
  std::size_t blocks = 0;
  while (blocks < 64 / kBlockColumns && get<std::uint64_t>(column + blocks * kBlockColumns) != 0) ++blocks;
  return blocks;
}

unsigned fill(const ScoreTables& tables, const std::uint8_t* counts, std::size_t rows, const UnitSums& sums,
              std::size_t row, bool more) {
  alignas(64) std::int16_t answered[64];
  alignas(64) std::int16_t scored[64];
  unsigned flags = kFilled;
  for (std::size_t from = 0; from < tables.stride; from += 64) {
    flags |= add_up(tables, counts, rows, from, answered, scored);
    // Blocks without a column stand at the end.
    const std::size_t blocks = filled_blocks(tables.column + from);
    double* to = sums.answered(from / kBlockColumns, row);
    const std::size_t to_next = sums.rows * 2 * kBlockColumns;
    for (std::size_t block = 0; block < blocks; ++block, to += to_next) {
      const std::size_t k = block * kBlockColumns;
      const EightDoubles n = eight_doubles(answered + k);
      EightDoubles score{};
      if (tables.whole != nullptr) {
        score = eight_doubles(scored + k) * tables.unit;
      } else {
        for (std::size_t s = 0; s < tables.slots; ++s) {
          const std::size_t at = s * tables.stride + from + k;
          score += get<EightDoubles>(tables.scores + at) *
                   __builtin_convertvector(__builtin_convertvector(get<EightBytes>(counts + at), EightInts), EightDoubles);
        }
      }
      put(to, more ? get<EightDoubles>(to) + n : n);
      put(to + kBlockColumns, more ? get<EightDoubles>(to + kBlockColumns) + score : score);
    }
  }
  return flags;
}

constexpr std::size_t kStep = 2 * kBlockColumns;  // from one row of a block to the next

// Eight sums of answers and eight of scores in a row; kLaneCount of them. A unit of scores goes to the weight: a power of
// two changes no bit.
inline Lanes numbers(const double* from) { return lanes_at(from); }
inline Lanes numbers(const std::int16_t* from) {
#if defined(__AVX512F__)
  return {eight_doubles(from)};
#else
  typedef std::int16_t LaneShorts __attribute__((vector_size(2 * kLaneCount)));
  typedef std::int32_t LaneInts __attribute__((vector_size(4 * kLaneCount)));
  return {__builtin_convertvector(__builtin_convertvector(get<LaneShorts>(from), LaneInts), Doubles)};
#endif
}

struct BlockDesign {
  const double* weights;
  const double* factors;
  const UnitStratum* strata;
  std::size_t stratum_count;
  std::size_t rows;
};

// The nearest cache holds hardly more than the rows of a block, so they are gone over as seldom as can be: once for the
// mean, once for the influences and once for their deviations. `room`, kStep numbers a row, takes what they count and
// then their influences; it may be where they stand.
template <bool kFactors, typename Number>
void estimate_rows(const Number* sums, double unit, const BlockDesign& design, double* room, const UnitResult& result) {
  Lanes answers;
  Lanes weight;
  Lanes score;
  Lanes least = {Doubles{} + 1};
  for (std::size_t row = 0; row < design.rows; ++row) {
    const double each = design.weights[row];
    const Lanes n = numbers(sums + row * kStep);
    Lanes here = each * n;
    Lanes points = (each * unit) * numbers(sums + row * kStep + kBlockColumns);
    if constexpr (kFactors) {  // factors of 1 change no bit and are passed over
      here = design.factors[row] * here;
      points = design.factors[row] * points;
    }
    store(room + row * kStep, here);
    store(room + row * kStep + kBlockColumns, points);
    least = {here.v < least.v ? here.v : least.v};
    answers = answers + n;
    weight = weight + here;
    score = score + points;
  }
  const Lanes mean = score / weight;
  store(result.answers, answers);
  store(result.weight, weight);
  store(result.mean, mean);
  // A division for each row would cost as much as all the counting.
  const Lanes inverse = Lanes{Doubles{} + 1} / weight;
  const bool gaps = !all_positive(least);

  Lanes variance;
  for (std::size_t s = 0; s < design.stratum_count; ++s) {
    const UnitStratum& stratum = design.strata[s];
    if (stratum.rule.kind == estimate::StratumCase::complete) continue;
    Lanes sum;
    // A PSU without answers is passed over: its influence is 0, and it is put where it deviates by nothing.
    Lanes present;
    for (std::size_t row = stratum.first; row < stratum.last; ++row) {
      const Lanes here = lanes_at(room + row * kStep);
      const Lanes influence = (lanes_at(room + row * kStep + kBlockColumns) - mean * here) * inverse;
      store(room + row * kStep + kBlockColumns, influence);
      sum = sum + influence;
      if (gaps) present = present + positive(here);
    }
    if (!gaps) present = {Doubles{} + static_cast<double>(stratum.last - stratum.first)};
    Lanes centre;
    if (stratum.rule.kind == estimate::StratumCase::around_mean) centre = sum / stratum.rule.units;
    else sum = {};
    Lanes value = estimate::stratum_value_about<Lanes>(stratum.rule, present, sum, sum, [&](const auto& take) {
      for (std::size_t row = stratum.first; row < stratum.last; ++row) {
        Lanes influence = lanes_at(room + row * kStep + kBlockColumns);
        if (gaps) influence = {lanes_at(room + row * kStep).v > 0 ? influence.v : centre.v};
        take(influence, influence);
      }
    });
    if (gaps) value = {present.v > 0 ? value.v : Doubles{}};
    variance = variance + value;
  }
  store(result.variance, variance);
}

template <typename Number>
void estimate_block(const Number* sums, double unit, const BlockDesign& design, double* room, const UnitResult& result) {
  bool any_factor = false;
  for (std::size_t row = 0; row < design.rows; ++row) any_factor = any_factor || design.factors[row] != 1;
  for (std::size_t k = 0; k < kBlockColumns; k += kLaneCount) {
    const UnitResult lanes{result.answers + k, result.weight + k, result.mean + k, result.variance + k};
    if (any_factor) estimate_rows<true>(sums + k, unit, design, room + k, lanes);
    else estimate_rows<false>(sums + k, unit, design, room + k, lanes);
  }
}

void estimate_large(const UnitSums& sums, std::size_t block, const double* weights, const double* factors,
                    const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result) {
  double* const rows = sums.answered(block, 0);
  estimate_block(rows, 1, {weights, factors, strata, stratum_count, sums.rows}, rows, result);
}

void estimate_small(const SmallSums& sums, std::size_t block, const double* weights, const double* factors,
                    const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result) {
  estimate_block(sums.answered(block, 0), sums.unit, {weights, factors, strata, stratum_count, sums.rows}, sums.room, result);
}

}  // namespace
}  // namespace khaosat::columns
