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

inline HalfBytes lower_half(const ByteVector& bytes) {
  HalfBytes half;
  __builtin_memcpy(&half, &bytes, sizeof half);
  return half;
}
inline HalfBytes upper_half(const ByteVector& bytes) {
  HalfBytes half;
  __builtin_memcpy(&half, reinterpret_cast<const char*>(&bytes) + sizeof half, sizeof half);
  return half;
}

template <typename Vector>
inline bool any(const Vector& bytes) {
  std::uint64_t words[kVectorBytes / 8];
  __builtin_memcpy(words, &bytes, sizeof words);
  std::uint64_t found = 0;
  for (const std::uint64_t word : words) found |= word;
  return found != 0;
}

// How many gave an answer with a score, for 64 columns; and whether all answers were known.
inline unsigned count_answered(const ScoreTables& tables, const std::uint8_t* counts, std::size_t rows, std::size_t from,
                               std::int16_t* answered) {
  unsigned flags = kFilled;
  for (std::size_t k = 0; k < 64; k += kVectorBytes) {
    ByteVector all{};
    ByteVector scored{};
    ByteVector refused{};
    for (std::size_t s = 0; s < tables.slots; ++s) {
      const std::size_t at = s * tables.stride + from + k;
      const ByteVector count = get<ByteVector>(counts + at);
      all += count;
      if (s >= tables.first_scored) scored += count & get<ByteVector>(tables.scored + at);
      if (tables.refused != nullptr) refused |= count & get<ByteVector>(tables.refused + at);
    }
    // Wider at once: eight bytes alone would go through ordinary registers.
    put(answered + k, __builtin_convertvector(lower_half(scored), ShortVector));
    put(answered + k + kVectorBytes / 2, __builtin_convertvector(upper_half(scored), ShortVector));
    const ByteVector wrong = (all ^ static_cast<std::uint8_t>(rows)) & get<ByteVector>(tables.column + from + k);
    if (any(wrong)) flags |= kUncounted;
    if (tables.refused != nullptr && any(refused)) flags |= kRefusedAnswer;
  }
  return flags;
}

inline void score_whole(const ScoreTables& tables, const std::uint8_t* counts, std::size_t from, std::int16_t* scored) {
  for (std::size_t k = 0; k < 64; k += kShortCount) {
    ShortVector sum{};
    for (std::size_t s = tables.first_scored; s < tables.slots; ++s) {
      const std::size_t at = s * tables.stride + from + k;
      sum += __builtin_convertvector(get<HalfBytes>(counts + at), ShortVector) * get<ShortVector>(tables.whole + at);
    }
    put(scored + k, sum);
  }
}

unsigned fill(const ScoreTables& tables, const std::uint8_t* counts, std::size_t rows, const UnitSums& sums,
              std::size_t row, bool more) {
  alignas(64) std::int16_t answered[64];
  alignas(64) std::int16_t scored[64];
  unsigned flags = kFilled;
  for (std::size_t from = 0; from < tables.stride; from += 64) {
    flags |= count_answered(tables, counts, rows, from, answered);
    if (tables.whole != nullptr) score_whole(tables, counts, from, scored);
    for (std::size_t k = 0; k < 64; k += kBlockColumns) {
      const std::size_t block = (from + k) / kBlockColumns;
      if (get<std::uint64_t>(tables.column + from + k) == 0) break;
      const EightDoubles n = __builtin_convertvector(
          __builtin_convertvector(get<EightShorts>(answered + k), EightInts), EightDoubles);
      EightDoubles score{};
      if (tables.whole != nullptr) {
        score = __builtin_convertvector(__builtin_convertvector(get<EightShorts>(scored + k), EightInts), EightDoubles) *
                tables.unit;
      } else {
        for (std::size_t s = 0; s < tables.slots; ++s) {
          const std::size_t at = s * tables.stride + from + k;
          score += get<EightDoubles>(tables.scores + at) *
                   __builtin_convertvector(__builtin_convertvector(get<EightBytes>(counts + at), EightInts), EightDoubles);
        }
      }
      double* to_answered = sums.answered(block, row);
      double* to_scored = sums.scored(block, row);
      put(to_answered, more ? get<EightDoubles>(to_answered) + n : n);
      put(to_scored, more ? get<EightDoubles>(to_scored) + score : score);
    }
  }
  return flags;
}

constexpr std::size_t kStep = 2 * kBlockColumns;  // from one row of a block to the next

// The variance from influences of one column, PSUs without answers left out.
inline double variance_with_gaps(const double* weights, const double* influences, const UnitStratum& stratum) {
  double present = 0;
  for (std::size_t row = stratum.first; row < stratum.last; ++row)
    if (weights[row * kStep] > 0) present += 1;
  if (present == 0) return 0;
  return estimate::stratum_value<double>(stratum.rule, present, [&](const auto& take) {
    for (std::size_t row = stratum.first; row < stratum.last; ++row)
      if (weights[row * kStep] > 0) take(influences[row * kStep], influences[row * kStep]);
  });
}

void estimate_block(const UnitSums& sums, std::size_t block, const double* weights, const double* factors,
                    const UnitStratum* strata, std::size_t stratum_count, const UnitResult& result) {
  for (std::size_t k = 0; k < kBlockColumns; k += kLaneCount) {
    double* const answered = sums.answered(block, 0) + k;
    double* const scored = sums.scored(block, 0) + k;
    Lanes answers;
    Lanes weight;
    Lanes score;
    Lanes least = {Doubles{} + 1};
    for (std::size_t row = 0; row < sums.rows; ++row) {
      const Lanes n = lanes_at(answered + row * kStep);
      const Lanes row_weight = factors[row] * (weights[row] * n);
      const Lanes row_score = factors[row] * (weights[row] * lanes_at(scored + row * kStep));
      least = {row_weight.v < least.v ? row_weight.v : least.v};
      answers = answers + n;
      weight = weight + row_weight;
      score = score + row_score;
      store(answered + row * kStep, row_weight);
      store(scored + row * kStep, row_score);
    }
    const Lanes mean = score / weight;
    // A division for each row would cost as much as all the counting.
    const Lanes inverse = Lanes{Doubles{} + 1} / weight;
    for (std::size_t row = 0; row < sums.rows; ++row)
      store(scored + row * kStep, (lanes_at(scored + row * kStep) - mean * lanes_at(answered + row * kStep)) * inverse);
    store(result.answers + k, answers);
    store(result.weight + k, weight);
    store(result.mean + k, mean);

    Lanes variance;
    const bool gaps = !all_positive(least);
    for (std::size_t s = 0; s < stratum_count; ++s) {
      const UnitStratum& stratum = strata[s];
      if (stratum.rule.kind == estimate::StratumCase::complete) continue;
      Lanes value;
      if (gaps) {
        for (std::size_t lane = 0; lane < kLaneCount; ++lane)
          value.v[lane] = variance_with_gaps(answered + lane, scored + lane, stratum);
      } else {
        value = estimate::stratum_value<Lanes>(
            stratum.rule, static_cast<double>(stratum.last - stratum.first), [&](const auto& take) {
              for (std::size_t row = stratum.first; row < stratum.last; ++row) {
                const Lanes influence = lanes_at(scored + row * kStep);
                take(influence, influence);
              }
            });
      }
      variance = variance + value;
    }
    store(result.variance + k, variance);
  }
}

constexpr MeanKernel kKernel = {fill, estimate_block};

}  // namespace
}  // namespace khaosat::columns
