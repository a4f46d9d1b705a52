#include "analysis/sums/sums_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>

#include "base/bytes.h"
#include "base/digest_stream.h"

namespace khaosat::sums {
namespace {

void merge_into(ItemCell& cell, const ItemCell& other) {
  if (other.n_answered > 0) {
    cell.lowest = cell.n_answered == 0 ? other.lowest : std::min(cell.lowest, other.lowest);
    cell.highest = cell.n_answered == 0 ? other.highest : std::max(cell.highest, other.highest);
  }
  cell.n_answered += other.n_answered;
  cell.weight.add(other.weight);
  cell.weighted_score.add(other.weighted_score);
  cell.absent.add(other.absent);
}

// Lengths in front of texts, so that no two tables share their bytes.
class HashText {
 public:
  void put(std::uint64_t value) {
    if (bytes_.size() >= kPiece) pass_on();
    std::array<char, 8> bytes;
    for (std::size_t k = 0; k < bytes.size(); ++k) bytes[k] = static_cast<char>((value >> (8 * k)) & 0xff);
    bytes_.append(bytes.data(), bytes.size());
  }
  void put(double value) { put(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
  void put(const std::string& text) {
    put(static_cast<std::uint64_t>(text.size()));
    bytes_ += text;
  }
  void put(const FixedSum& sum) {
    put(static_cast<std::uint64_t>(sum.high()));
    put(sum.low());
  }
  std::string digest() {
    pass_on();
    const Digest hash = stream_.finish();
    return to_hex(view_of(hash));
  }

 private:
  static constexpr std::size_t kPiece = 1 << 16;
  void pass_on() {
    stream_.add(bytes_);
    bytes_.clear();
  }
  DigestStream stream_;
  std::string bytes_;
};

}  // namespace

std::string_view name_of(Absence absence) {
  switch (absence) {
    case Absence::not_asked: return "not_asked";
    case Absence::blank: return "blank";
    case Absence::no_experience: return "no_experience";
    case Absence::dont_know: return "dont_know";
    case Absence::declined: return "declined";
  }
  return "not_asked";
}

SumsTable::SumsTable(std::vector<std::string> items) : items_(std::move(items)) {}

std::uint64_t SumsTable::respondents() const {
  std::uint64_t sum = 0;
  for (const auto& [key, cell] : cells_) sum += cell.respondents;
  return sum;
}

CellSums& SumsTable::cell_at(const CellKey& key) {
  CellSums& cell = cells_[key];
  if (cell.items.empty()) cell.items.resize(items_.size());
  return cell;
}

void SumsTable::touch(const CellKey& cell) { cell_at(cell); }

Result<void> SumsTable::add(const CellKey& key, double weight, std::span<const Answer> answers) {
  assert(answers.size() == items_.size());
  const std::string where = "PSU " + key.psu;
  if (!std::isfinite(weight) || weight < 0 || weight >= kLargestAddend)
    return fail(ErrorCode::weight_invalid,
                "a weight must be a number from 0 up; drop the respondent or correct it", where);
  for (std::size_t k = 0; k < answers.size(); ++k) {
    if (!answers[k].has_score()) continue;
    const double score = answers[k].score();
    // Also refuses NaN, which compares with nothing.
    if (!(std::fabs(score) < kLargestAddend) || !(std::fabs(weight * score) < kLargestAddend))
      return fail(ErrorCode::out_of_range, "the score of item " + items_[k] + " is too large", where);
  }
  CellSums& cell = cell_at(key);
  ++cell.respondents;
  cell.weight.add(weight);
  for (std::size_t k = 0; k < answers.size(); ++k) {
    ItemCell& item = cell.items[k];
    if (!answers[k].has_score()) {
      item.absent.add(answers[k].absence());
      continue;
    }
    const double score = answers[k].score();
    item.lowest = item.n_answered == 0 ? score : std::min(item.lowest, score);
    item.highest = item.n_answered == 0 ? score : std::max(item.highest, score);
    ++item.n_answered;
    item.weight.add(weight);
    item.weighted_score.add(weight * score);
  }
  return {};
}

Result<void> SumsTable::add_sums(const CellKey& key, CellSums sums) {
  if (sums.items.size() != items_.size())
    return fail(ErrorCode::not_comparable, "sums over other items cannot be added", "PSU " + key.psu);
  const auto place = cells_.lower_bound(key);
  if (place == cells_.end() || place->first != key) {
    cells_.emplace_hint(place, key, std::move(sums));
    return {};
  }
  CellSums& cell = place->second;
  cell.respondents += sums.respondents;
  cell.weight.add(sums.weight);
  for (std::size_t k = 0; k < items_.size(); ++k) merge_into(cell.items[k], sums.items[k]);
  return {};
}

Result<void> SumsTable::merge(const SumsTable& other) {
  if (other.items_ != items_)
    return fail(ErrorCode::not_comparable,
                "sums over other items or another order of items cannot be added");
  for (const auto& [key, added] : other.cells_) {
    CellSums& cell = cell_at(key);
    cell.respondents += added.respondents;
    cell.weight.add(added.weight);
    for (std::size_t k = 0; k < items_.size(); ++k) merge_into(cell.items[k], added.items[k]);
  }
  return {};
}

std::string SumsTable::hash() const {
  HashText text;
  text.put(static_cast<std::uint64_t>(items_.size()));
  for (const std::string& item : items_) text.put(item);
  for (const auto& [key, cell] : cells_) {
    text.put(key.unit);
    text.put(key.stratum);
    text.put(key.psu);
    text.put(cell.respondents);
    text.put(cell.weight);
    for (const ItemCell& item : cell.items) {
      text.put(item.n_answered);
      text.put(item.weight);
      text.put(item.weighted_score);
      text.put(item.lowest);
      text.put(item.highest);
      for (const std::uint64_t n : item.absent.count) text.put(n);
    }
  }
  return text.digest();
}

}  // namespace khaosat::sums
