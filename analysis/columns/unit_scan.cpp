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

// The next place on a line of the cache, so that no store touches two.
template <typename T>
T* on_line(T* memory) {
  return memory + (64 - reinterpret_cast<std::uintptr_t>(memory) % 64) % 64 / sizeof(T);
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
  even_ = kernel_.fill_even != nullptr && !totals_ && layers_.size() == 1 && set_even(layers_[0]);
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

// False when counting is needed: a cell is too large for sixteen bits, a column has too many answers, or an item does
// not score all of them at even steps, or scores an absence.
bool UnitScan::set_even(const Layer& layer) {
  if (layer.whole.empty()) return false;
  // By offsets: the cells, with their names, would be as much to read as the rows of some.
  const std::uint64_t most_bytes = kMostRowsCounted * file_.layout().row_bytes();
  for (std::size_t cell = 0; cell < file_.cells().size(); ++cell)
    if (file_.offset_of(cell + 1) - file_.offset_of(cell) > most_bytes) return false;
  EvenScores& scores = even_scores_;
  scores.columns = plan_.columns;
  scores.stride = plan_.stride;
  scores.to_slot = kFirstAnswerSlot;
  scores.column = layer.tables.column;
  even_bytes_.assign(2 * kPositionSlots + plan_.stride, 0);
  std::uint8_t* const answered = even_bytes_.data();
  std::uint8_t* const positions = answered + kPositionSlots;
  std::uint8_t* const highest = positions + kPositionSlots;
  std::fill_n(answered, kPositionSlots, std::uint8_t{255});
  std::fill_n(highest, plan_.stride, static_cast<std::uint8_t>(kPositionSlots - 1));
  std::size_t most = 1;
  for (const std::uint8_t slot : plan_.slots) {
    if (slot >= kPositionSlots || (slot >= sums::kAbsenceKinds && slot < kFirstAnswerSlot)) return false;
    answered[slot] = slot >= kFirstAnswerSlot ? 1 : 0;
    if (slot < kFirstAnswerSlot) continue;
    positions[slot] = static_cast<std::uint8_t>(slot - kFirstAnswerSlot);
    most = std::max<std::size_t>(most, positions[slot]);
  }
  scores.rows_at_once = 255 / most;
  even_steps_.assign(2 * plan_.stride, 0);
  std::int16_t* const first = even_steps_.data();
  std::int16_t* const step = first + plan_.stride;
  const auto scored = [](const std::optional<sums::Answer>& answer) { return answer && answer->has_score(); };
  for (std::size_t k = 0; k < plan_.columns; ++k) {
    if (layer.items[k] == kNoItem) continue;
    const ScoredColumn& item = items_[layer.items[k]];
    if (!std::all_of(item.answers.begin(), item.answers.end(), scored) ||
        std::any_of(item.absences.begin(), item.absences.end(), scored))
      return false;
    const auto score = [&](std::size_t position) { return static_cast<std::int16_t>(item.answers[position]->score() / layer.tables.unit); };
    if (!item.answers.empty()) first[k] = score(0);
    if (item.answers.size() > 1) step[k] = static_cast<std::int16_t>(score(1) - first[k]);
    for (std::size_t position = 0; position < item.answers.size(); ++position)
      if (score(position) != first[k] + static_cast<int>(position) * step[k]) return false;
    highest[k] = static_cast<std::uint8_t>(std::min(kFirstAnswerSlot + item.answers.size(), kPositionSlots) - 1);
  }
  scores.answered = answered;
  scores.positions = positions;
  scores.highest = highest;
  scores.first = first;
  scores.step = step;
  return true;
}

Result<void> UnitScan::scan_even(std::size_t first, std::size_t last) {
  const std::size_t size = blocks_ * (last - first) * 2 * kBlockColumns;
  if (small_memory_.size() < size) small_memory_.resize(size);
  const std::size_t room = (last - first) * 2 * kBlockColumns;
  if (small_room_.size() < room + kBlockColumns) small_room_.resize(room + kBlockColumns);
  small_ = {small_memory_.data(), last - first, layers_[0].tables.unit, on_line(small_room_.data())};
  for (std::size_t cell = first; cell < last; ++cell)
    for (std::size_t block = 0; block < blocks_ && file_.offset_of(cell) == file_.offset_of(cell + 1); ++block)
      std::fill_n(small_.answered(block, cell - first), 2 * kBlockColumns, std::int16_t{0});
  return file_.each_piece(first, last, [&](const Piece& piece) -> Result<void> {
    const unsigned flags = kernel_.fill_even(even_scores_, piece.codes, piece.rows, small_, piece.cell - first);
    return flags == kFilled ? Result<void>{} : refuse(piece, flags);
  });
}

Result<void> UnitScan::scan(std::size_t first, std::size_t last) {
  if (even_) return scan_even(first, last);
  for (Layer& layer : layers_) {
    const std::size_t size = blocks_ * (last - first) * 2 * kBlockColumns;
    if (layer.memory.size() < size + kBlockColumns) layer.memory.resize(size + kBlockColumns);
    layer.sums = {on_line(layer.memory.data()), last - first};
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
  std::uint8_t* made = on_line(counts_.data());
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
  if (even_) return static_cast<std::uint64_t>(small_.answered(block, row)[lane]);
  return static_cast<std::uint64_t>(layers_[layer].sums.answered(block, row)[lane]);
}

}  // namespace khaosat::columns
