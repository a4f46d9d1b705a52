#include "analysis/columns/column_writer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "analysis/columns/little_endian.h"

namespace khaosat::columns {
namespace {

constexpr std::size_t kMostText = 0xffff;

}  // namespace

std::uint32_t weight_shift_for(double largest_weight) {
  std::uint32_t shift = 0;
  while (shift < kMostWeightShift && std::ldexp(largest_weight, static_cast<int>(shift) + 1) < 4294967295.0)
    ++shift;
  return shift;
}

ColumnWriter::ColumnWriter(ColumnLayout layout, ByteSink sink)
    : layout_(std::move(layout)), sink_(std::move(sink)) {
  for (const Column& column : layout_.columns) fewest_answers_ = std::min(fewest_answers_, column.answers.size());
}

Result<ColumnWriter> ColumnWriter::create(ColumnLayout layout, ByteSink sink) {
  if (layout.columns.empty() || layout.columns.size() > kMostColumns)
    return fail(ErrorCode::out_of_range, "a column file has 1 to " + std::to_string(kMostColumns) + " columns");
  if (layout.weight_shift > kMostWeightShift)
    return fail(ErrorCode::out_of_range, "weights of rows are too fine");
  for (const Column& column : layout.columns) {
    if (column.answers.size() > kAnswerCodes)
      return fail(ErrorCode::out_of_range, "more answers than there are codes", column.question);
    for (const CodedAnswer& answer : column.answers) {
      if (answer.options.size() > 0xff || !std::isfinite(answer.number))
        return fail(ErrorCode::out_of_range, "an answer cannot be written", column.question);
    }
  }
  ColumnWriter writer(std::move(layout), std::move(sink));
  std::string front(format::kMagic, format::kMagicBytes);
  front.resize(format::kFrontBytes, '\0');
  TRY_VOID(writer.put(front));
  return writer;
}

Result<void> ColumnWriter::put(std::string_view bytes) {
  digest_.add(bytes);
  return sink_(bytes);
}

Result<void> ColumnWriter::add(const sums::CellKey& key, double weight,
                               std::span<const std::uint8_t> codes,
                               std::span<const std::uint32_t> row_weights) {
  const std::string where = "PSU " + key.psu;
  const std::size_t width = layout_.columns.size();
  const std::size_t rows = codes.size() / width;
  if (codes.size() % width != 0 || row_weights.size() != (layout_.row_weights ? rows : 0) ||
      rows_ + rows > kMostRows)
    return fail(ErrorCode::design_invalid, "codes and weights do not fit the columns", where);
  if (layout_.row_weights && weight != 1)
    return fail(ErrorCode::weight_invalid, "weights belong to rows or to cells, not to both", where);
  if (!std::isfinite(weight) || weight < 0 || weight >= sums::kLargestAddend)
    return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", where);
  for (const std::string* text : {&key.unit, &key.stratum, &key.psu})
    if (text->size() > kMostText) return fail(ErrorCode::too_long, "the name of a cell is too long", where);
  // Most files hold the same few codes in every column: which of them occur tells that all is well.
  std::array<std::uint8_t, 256> seen{};
  for (const std::uint8_t code : codes) seen[code] = 1;
  bool sound = true;
  for (std::size_t code = 0; code < seen.size(); ++code) {
    if (seen[code] == 0) continue;
    const bool absence = code >= kFirstAbsenceCode && code <= code_of(sums::Absence::declined);
    sound = sound && (absence || code < fewest_answers_);
    slots_ |= std::uint64_t{1} << (slot_of(static_cast<std::uint8_t>(code)) % kSlots);
  }
  for (std::size_t row = 0, at = 0; !sound && row < rows; ++row) {
    for (std::size_t k = 0; k < width; ++k, ++at) {
      if (codes[at] >= layout_.columns[k].answers.size() &&
          (codes[at] < kFirstAbsenceCode || codes[at] > code_of(sums::Absence::declined)))
        return fail(ErrorCode::unknown_option, "a code has no meaning", layout_.columns[k].question);
    }
  }

  const bool same = !cells_.empty() && cells_.back().key == key;
  if (same && (cells_.back().weight != weight || cells_.back().rows % kRowsInPiece != 0))
    return fail(ErrorCode::design_invalid, "the pieces of a cell do not fit together", where);
  if (!same) {
    if (!cells_.empty() && !(cells_.back().key < key))
      return fail(ErrorCode::design_invalid, "cells must be ascending", where);
    cells_.push_back({key, 0, weight});
  }
  if (cells_.back().rows + rows > kMostCellRows)
    return fail(ErrorCode::out_of_range, "too many respondents in one cell", where);
  for (std::size_t row = 0; row < rows; row += kRowsInPiece) {
    const std::size_t piece = std::min(kRowsInPiece, rows - row);
    TRY_VOID(put({reinterpret_cast<const char*>(codes.data()) + row * width, piece * width}));
    if (!layout_.row_weights) continue;
    std::string weights;
    for (const std::uint32_t one : row_weights.subspan(row, piece)) put_u32(weights, one);
    TRY_VOID(put(weights));
  }
  cells_.back().rows += rows;
  rows_ += rows;
  body_ += rows * layout_.row_bytes();
  return {};
}

std::string ColumnWriter::directory() const {
  std::string bytes;
  for (const Column& column : layout_.columns) {
    put_text(bytes, column.question);
    bytes.push_back(column.number ? 1 : 0);
    bytes.push_back(static_cast<char>(column.answers.size()));
    for (const CodedAnswer& answer : column.answers) {
      if (column.number) {
        put_u64(bytes, std::bit_cast<std::uint64_t>(answer.number));
        continue;
      }
      bytes.push_back(static_cast<char>(answer.options.size()));
      for (const std::string& option : answer.options) put_text(bytes, option);
    }
  }
  for (const ColumnCell& cell : cells_) {
    put_text(bytes, cell.key.unit);
    put_text(bytes, cell.key.stratum);
    put_text(bytes, cell.key.psu);
    put_u64(bytes, cell.rows);
    put_u64(bytes, std::bit_cast<std::uint64_t>(cell.weight));
  }
  return bytes;
}

Result<void> ColumnWriter::finish() {
  const std::string list = directory();
  TRY_VOID(put(list));
  std::string trailer(format::kMagic, format::kMagicBytes);
  put_u64(trailer, body_);
  put_u64(trailer, list.size());
  put_u64(trailer, rows_);
  put_u64(trailer, slots_);
  put_u32(trailer, static_cast<std::uint32_t>(layout_.columns.size()));
  put_u32(trailer, static_cast<std::uint32_t>(cells_.size()));
  put_u32(trailer, layout_.row_weights ? format::kRowWeights : 0);
  put_u32(trailer, layout_.weight_shift);
  trailer += view_of(layout_.source);
  digest_.add(trailer);
  const Digest digest = digest_.finish();
  trailer += view_of(digest);
  trailer.resize(format::kTrailerBytes, '\0');
  return sink_(trailer);
}

}  // namespace khaosat::columns
