#include "analysis/columns/unit_scan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace khaosat::columns {
namespace {

constexpr std::size_t kNoItem = std::numeric_limits<std::size_t>::max();
constexpr double kLargestWhole = 127;  // times kMostRowsCounted fits 16 bits
constexpr int kFinestUnit = 40;
constexpr double kWholeDoubles = 9007199254740992.0;  // 2^53: so many units a double tells apart
constexpr std::size_t kMostLatePieces = 65535 / kMostRowsCounted;

// What an item counts for a slot; nothing: the code has no meaning for it.
std::optional<sums::Answer> meaning(const ScoredColumn& item, std::size_t slot) {
  if (slot < item.absences.size()) return item.absences[slot];
  if (slot >= kFirstAnswerSlot && slot - kFirstAnswerSlot < item.answers.size()) return item.answers[slot - kFirstAnswerSlot];
  return std::nullopt;
}

// The power of two of which every score is a multiple; nothing when that is finer than kFinestUnit.
std::optional<int> finest_unit(std::span<const ScoredColumn> items, double& largest) {
  int shift = 0;
  largest = 0;
  const auto take = [&](const std::optional<sums::Answer>& answer) {
    if (!answer || !answer->has_score()) return;
    const double score = answer->score();
    largest = std::max(largest, std::fabs(score));
    while (shift <= kFinestUnit && std::ldexp(score, shift) != std::nearbyint(std::ldexp(score, shift))) ++shift;
  };
  for (const ScoredColumn& item : items) {
    for (const auto& answer : item.answers) take(answer);
    for (const sums::Answer& answer : item.absences) take(answer);
  }
  return shift <= kFinestUnit ? std::optional<int>(shift) : std::nullopt;
}

// The same of weights.
std::optional<int> finest_weight(std::span<const double> weights) {
  int shift = 0;
  for (const double weight : weights)
    while (shift <= kFinestUnit && std::ldexp(weight, shift) != std::nearbyint(std::ldexp(weight, shift))) ++shift;
  return shift <= kFinestUnit ? std::optional<int>(shift) : std::nullopt;
}

}  // namespace

UnitScan::UnitScan(const ColumnFile& file, std::span<const ScoredColumn> items, std::span<const double> weights,
                   Instructions instructions, Bits bits)
    : file_(file),
      items_(items),
      instructions_(instructions),
      plan_(file.layout().columns.size(), file.slots()),
      count_(count_codes(instructions)),
      kernel_(mean_kernel(instructions)),
      counts_(64 + 2 * ((plan_.counts() + 127) / 64 * 64)) {
  double largest = 0;
  const auto unit = finest_unit(items, largest);
  // Sums of the largest cell are whole numbers of units that a double holds exactly.
  double heaviest = 0;
  for (const double weight : weights) heaviest = std::max(heaviest, weight);
  fixed_ = file.layout().row_weights || !unit || heaviest * largest >= sums::kLargestAddend ||
           std::ldexp(largest, *unit) * static_cast<double>(kMostCellRows) >= kWholeDoubles;
  if (!fixed_ && bits == Bits::of_table) {
    // Every product of a weight and a sum must be exact, and a multiple of what FixedSum counts in.
    const auto weight_unit = finest_weight(weights);
    std::uint64_t rows = 0;
    for (const ColumnCell& cell : file.cells()) rows = std::max(rows, cell.rows);
    fixed_ = !weight_unit || *unit + *weight_unit > sums::kFixedSumShift ||
             std::ldexp(std::max(largest, 1.0) * heaviest, *unit + *weight_unit) * static_cast<double>(rows) >= kWholeDoubles;
  }
  totals_ = bits == Bits::of_table;
  place_items();
  blocks_ = ((fixed_ ? items.size() : plan_.columns) + kBlockColumns - 1) / kBlockColumns;
  if (fixed_) return;
  for (Layer& layer : layers_) {
    layer.tables.unit = std::ldexp(1.0, -*unit);
    if (std::ldexp(largest, *unit) <= kLargestWhole) layer.whole.resize(plan_.counts());
    else layer.scores.resize(plan_.counts());
    set_tables(layer);
  }
}

void UnitScan::place_items() {
  if (fixed_) {
    layers_.resize(1);
    for (std::size_t k = 0; k < items_.size(); ++k) layers_[0].items.push_back(k);
    return;
  }
  for (std::size_t k = 0; k < items_.size(); ++k) {
    const std::size_t column = items_[k].column;
    auto layer = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& one) { return one.items[column] == kNoItem; });
    if (layer == layers_.end()) {
      layer = layers_.emplace(layers_.end());
      layer->items.assign(plan_.columns, kNoItem);
    }
    layer->items[column] = k;
  }
}

void UnitScan::set_tables(Layer& layer) {
  ScoreTables& tables = layer.tables;
  tables.stride = plan_.stride;
  tables.slots = plan_.slots.size();
  const std::size_t size = plan_.counts();
  layer.bytes.assign(2 * size + plan_.stride, 0);
  std::uint8_t* const scored = layer.bytes.data();
  std::uint8_t* const refused = scored + size;
  std::uint8_t* const column = refused + size;
  bool any_refused = false;
  tables.first_scored = tables.slots;
  for (std::size_t k = 0; k < plan_.columns; ++k) {
    column[k] = 0xff;
    if (layer.items[k] == kNoItem) continue;
    for (std::size_t s = 0; s < plan_.slots.size(); ++s) {
      const std::size_t at = s * plan_.stride + k;
      const auto answer = meaning(items_[layer.items[k]], plan_.slots[s]);
      if (!answer) {
        refused[at] = 0xff;
        any_refused = true;
      } else if (answer->has_score()) {
        scored[at] = 0xff;
        tables.first_scored = std::min(tables.first_scored, s);
        if (!layer.whole.empty()) layer.whole[at] = static_cast<std::int16_t>(answer->score() / tables.unit);
        else layer.scores[at] = answer->score();
      }
    }
  }
  tables.scored = scored;
  tables.refused = any_refused ? refused : nullptr;
  tables.column = column;
  tables.whole = layer.whole.empty() ? nullptr : layer.whole.data();
  tables.scores = layer.scores.empty() ? nullptr : layer.scores.data();
}

Result<void> UnitScan::scan(std::size_t first, std::size_t last) {
  for (Layer& layer : layers_) {
    const std::size_t size = blocks_ * (last - first) * 2 * kBlockColumns;
    if (layer.memory.size() < size + kBlockColumns) layer.memory.resize(size + kBlockColumns);
    // Aligned, so that no store touches two lines of the cache.
    const auto misplaced = reinterpret_cast<std::uintptr_t>(layer.memory.data()) % 64;
    layer.sums = {layer.memory.data() + (64 - misplaced) % 64 / sizeof(double), last - first};
  }
  if (fixed_) return scan_fixed(first, last);
  if (totals_) {
    late_counts_.assign(plan_.counts(), 0);
    all_counts_.assign(plan_.counts(), 0);
    late_pieces_ = 0;
  }
  // Empty cells have no piece.
  for (std::size_t cell = first; cell < last; ++cell) {
    if (file_.offset_of(cell) != file_.offset_of(cell + 1)) continue;
    for (Layer& layer : layers_)
      for (std::size_t block = 0; block < blocks_; ++block)
        std::fill_n(layer.sums.answered(block, cell - first), 2 * kBlockColumns, 0.0);
  }
  // Counts are taken up a piece later than they were made: the processor goes on counting meanwhile instead of waiting
  // for the last of them.
  std::size_t open = last;
  std::optional<Piece> waiting;
  // On whole lines of the cache.
  std::uint8_t* made = counts_.data() + (64 - reinterpret_cast<std::uintptr_t>(counts_.data()) % 64) % 64;
  std::uint8_t* taken = made + (plan_.counts() + 127) / 64 * 64;
  const auto take = [&]() -> Result<void> {
    if (totals_) count_all(taken);
    unsigned flags = kFilled;
    for (const Layer& layer : layers_)
      flags |= kernel_.fill(layer.tables, taken, waiting->rows, layer.sums, waiting->cell - first, waiting->cell == open);
    open = waiting->cell;
    return flags == kFilled ? Result<void>{} : refuse(*waiting, flags);
  };
  auto scanned = file_.each_piece(first, last, [&](const Piece& piece) -> Result<void> {
    count_(plan_, piece.codes, piece.rows, made);
    if (waiting) TRY_VOID(take());
    std::swap(made, taken);
    waiting = piece;
    return {};
  });
  if (scanned && waiting) scanned = take();
  carry_counts();
  return scanned;
}

// Sixteen bits hold the counts of so many pieces, and adding those costs a quarter of adding wide ones.
void UnitScan::count_all(const std::uint8_t* counts) {
  if (late_pieces_ == kMostLatePieces) carry_counts();
  ++late_pieces_;
  std::uint16_t* const late = late_counts_.data();
  for (std::size_t k = 0; k < late_counts_.size(); ++k) late[k] = static_cast<std::uint16_t>(late[k] + counts[k]);
}

void UnitScan::carry_counts() {
  for (std::size_t k = 0; k < late_counts_.size(); ++k) all_counts_[k] += late_counts_[k];
  std::fill(late_counts_.begin(), late_counts_.end(), std::uint16_t{0});
  late_pieces_ = 0;
}

sums::ItemTotal UnitScan::total(std::size_t item) const {
  sums::ItemTotal total;
  const auto scored = [&](std::uint64_t n, double low, double high) {
    total.lowest = total.n_answered == 0 ? low : std::min(total.lowest, low);
    total.highest = total.n_answered == 0 ? high : std::max(total.highest, high);
    total.n_answered += n;
  };
  if (fixed_) {
    for (const sums::CellSums& cell : cells_) {
      const sums::ItemCell& one = cell.items[item];
      total.absent.add(one.absent);
      if (one.n_answered > 0) scored(one.n_answered, one.lowest, one.highest);
    }
    return total;
  }
  for (std::size_t s = 0; s < plan_.slots.size(); ++s) {
    const std::uint64_t n = all_counts_[s * plan_.stride + items_[item].column];
    const auto answer = n > 0 ? meaning(items_[item], plan_.slots[s]) : std::nullopt;
    if (!answer) continue;
    if (answer->has_score()) scored(n, answer->score(), answer->score());
    else total.absent.count[static_cast<std::size_t>(answer->absence())] += n;
  }
  return total;
}

Result<void> UnitScan::refuse(const Piece& piece, unsigned flags) const {
  if ((flags & kUncounted) != 0)
    return fail(ErrorCode::unknown_option, "the column file has a code without a meaning",
                "PSU " + file_.cells()[piece.cell].key.psu);
  return fail(ErrorCode::unknown_option, "an answer counts nothing or has no meaning",
              "PSU " + file_.cells()[piece.cell].key.psu);
}

Result<void> UnitScan::scan_fixed(std::size_t first, std::size_t last) {
  cells_ = TRY(cell_sums(file_, items_, instructions_, first, last));
  const UnitSums& sums = layers_[0].sums;
  std::fill_n(sums.sums, blocks_ * sums.rows * 2 * kBlockColumns, 0.0);
  for (std::size_t row = 0; row < sums.rows; ++row) {
    for (std::size_t k = 0; k < items_.size(); ++k) {
      sums.answered(k / kBlockColumns, row)[k % kBlockColumns] = cells_[row].items[k].weight.value();
      sums.scored(k / kBlockColumns, row)[k % kBlockColumns] = cells_[row].items[k].weighted_score.value();
    }
  }
  return {};
}

std::optional<std::size_t> UnitScan::item_at(std::size_t layer, std::size_t column) const {
  const auto& items = layers_[layer].items;
  return column < items.size() && items[column] != kNoItem ? std::optional<std::size_t>(items[column]) : std::nullopt;
}

std::uint64_t UnitScan::answered(std::size_t layer, std::size_t block, std::size_t lane, std::size_t row,
                                 std::size_t item) const {
  if (fixed_) return cells_[row].items[item].n_answered;
  return static_cast<std::uint64_t>(layers_[layer].sums.answered(block, row)[lane]);
}

}  // namespace khaosat::columns
