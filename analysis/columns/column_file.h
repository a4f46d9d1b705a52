// The column file: answers as one byte per respondent and question, sorted by cell of the design.
// Made once from the packed answers of a closed campaign; an index is then a scan of bytes. The
// bytes are described in docs/formats.md. A copy of nothing but answers and their design: what it is
// made from decides (its digest stands in the file), and it can be made again at any time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/sums/sums_table.h"
#include "base/bytes.h"
#include "base/result.h"

namespace khaosat::columns {

// A byte below kAnswerCodes is a position in the column's list of answers; 250 to 254 are the kinds
// of absence in the order of sums::Absence. Nothing else may stand in a file.
inline constexpr std::size_t kAnswerCodes = 58;
inline constexpr std::uint8_t kFirstAbsenceCode = 250;
constexpr std::uint8_t code_of(sums::Absence absence) {
  return static_cast<std::uint8_t>(kFirstAbsenceCode + static_cast<std::uint8_t>(absence));
}

// Counting works with slots, which leave no gap: 0 to 4 the absences, 6 and more the answers.
inline constexpr std::size_t kSlots = 64;
inline constexpr std::size_t kFirstAnswerSlot = 6;
constexpr std::uint8_t slot_of(std::uint8_t code) {
  return static_cast<std::uint8_t>(code + kFirstAnswerSlot);
}

// What a code of a column stands for: the options chosen, or the number typed.
struct CodedAnswer {
  std::vector<std::string> options;
  double number = 0;

  bool operator==(const CodedAnswer&) const = default;
};

struct Column {
  std::string question;
  bool number = false;  // answers are numbers, not options
  std::vector<CodedAnswer> answers;  // at most kAnswerCodes, by code

  bool operator==(const Column&) const = default;
};

// The respondents of one (unit, stratum, PSU), side by side in the file. None: the PSU was sampled
// and nobody answered.
struct ColumnCell {
  sums::CellKey key;
  std::uint64_t rows = 0;
  double weight = 1;  // of every respondent; 1 where rows have weights of their own

  bool operator==(const ColumnCell&) const = default;
};

struct ColumnLayout {
  std::vector<Column> columns;  // questions distinct
  // Rows carry weights: whole multiples of 2^-weight_shift below 2^32.
  bool row_weights = false;
  std::uint32_t weight_shift = 0;  // at most 40
  Digest source{};                 // of what the answers were taken from

  // Bytes of one row, its weight included.
  std::size_t row_bytes() const { return columns.size() + (row_weights ? 4U : 0U); }
  bool operator==(const ColumnLayout&) const = default;
};

inline constexpr std::size_t kMostColumns = 4096;
inline constexpr std::uint64_t kMostRows = std::uint64_t{1} << 40U;
inline constexpr std::uint64_t kMostCellRows = std::uint64_t{1} << 27U;
inline constexpr std::uint32_t kMostWeightShift = 40;

// The finest whole power that holds every weight in 32 bits: relative to the largest weight the
// rounding is below 2^-32. Weights finite and >= 0.
std::uint32_t weight_shift_for(double largest_weight);

namespace format {
inline constexpr char kMagic[] = "KSCOLUM1";
inline constexpr std::size_t kMagicBytes = 8;
inline constexpr std::size_t kFrontBytes = 64;     // magic, then zeros: rows begin aligned
inline constexpr std::size_t kTrailerBytes = 128;  // at the end, as a stream knows its length last
inline constexpr std::size_t kTrailerHashed = 88;  // of it, what the hash covers
inline constexpr std::uint32_t kRowWeights = 1;
}  // namespace format

}  // namespace khaosat::columns
