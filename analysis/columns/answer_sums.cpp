#include "analysis/columns/answer_sums.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "analysis/columns/count_codes.h"

namespace khaosat::columns {
namespace {

// Of one cell, item and answer: sums of 2^20 of them still fit.
constexpr double kLargestProduct = 70368744177664.0;  // 2^46

std::uint32_t weight_at(const std::uint8_t* bytes) {
  return static_cast<std::uint32_t>(bytes[0]) | static_cast<std::uint32_t>(bytes[1]) << 8U |
         static_cast<std::uint32_t>(bytes[2]) << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

// What each slot counts for an item; nothing: the code has no meaning there.
using Meanings = std::vector<std::optional<sums::Answer>>;

Meanings meanings_of(const ScoredColumn& item, const CountPlan& plan) {
  Meanings meanings;
  for (const std::uint8_t slot : plan.slots) {
    if (slot < item.absences.size()) {
      meanings.emplace_back(item.absences[slot]);
    } else if (slot >= kFirstAnswerSlot && slot - kFirstAnswerSlot < item.answers.size()) {
      meanings.emplace_back(item.answers[slot - kFirstAnswerSlot]);
    } else {
      meanings.emplace_back(std::nullopt);
    }
  }
  return meanings;
}

// The cells [first, last) of a file, one after the other.
class CellScan {
 public:
  CellScan(const ColumnFile& file, std::span<const ScoredColumn> items, const ScanOptions& options)
      : file_(file),
        items_(items),
        plan_(file.layout().columns.size(), file.slots()),
        count_(count_codes(options.instructions)),
        piece_(plan_.counts()),
        counts_(plan_.counts()),
        weights_(file.layout().row_weights ? plan_.counts() : 0) {
    for (const ScoredColumn& item : items) meanings_.push_back(meanings_of(item, plan_));
    place_.fill(-1);
    for (std::size_t s = 0; s < plan_.slots.size(); ++s)
      place_[static_cast<std::uint8_t>(plan_.slots[s] - kFirstAnswerSlot)] = static_cast<int>(s);
  }

  // Sums of the cells, by position from `first`.
  Result<std::vector<sums::CellSums>> sums(std::size_t first, std::size_t last) {
    std::vector<sums::CellSums> cells(last - first);
    std::size_t open = last;
    const auto close = [&]() -> Result<void> {
      if (open == last) return {};
      return fill(open, cells[open - first]);
    };
    const auto take = [&](const Piece& piece) -> Result<void> {
      if (piece.cell != open) {
        TRY_VOID(close());
        open = piece.cell;
        std::fill(counts_.begin(), counts_.end(), 0);
        std::fill(weights_.begin(), weights_.end(), 0);
        weight_ = 0;
      }
      return add(piece);
    };
    TRY_VOID(file_.each_piece(first, last, take));
    TRY_VOID(close());
    for (sums::CellSums& cell : cells) cell.items.resize(items_.size());
    return cells;
  }

 private:
  Result<void> add(const Piece& piece) {
    count_(plan_, piece.codes, piece.rows, piece_.data());
    if (!all_counted(plan_, piece.rows, piece_.data()))
      return fail(ErrorCode::unknown_option, "the column file has a code without a meaning",
                  "PSU " + file_.cells()[piece.cell].key.psu);
    for (std::size_t k = 0; k < counts_.size(); ++k) counts_[k] += piece_[k];
    if (piece.weights != nullptr) add_weights(piece);
    return {};
  }

  // Every answer adds the weight of its row: no table of counts to begin with.
  void add_weights(const Piece& piece) {
    const std::uint8_t* code = piece.codes;
    for (std::size_t row = 0; row < piece.rows; ++row) {
      const std::uint64_t weight = weight_at(piece.weights + 4 * row);
      weight_ += weight;
      for (std::size_t k = 0; k < plan_.columns; ++k, ++code)
        weights_[static_cast<std::size_t>(place_[*code]) * plan_.stride + k] += weight;
    }
  }

  Result<void> fill(std::size_t index, sums::CellSums& cell) const {
    const ColumnCell& from = file_.cells()[index];
    const bool by_row = file_.layout().row_weights;
    const int shift = static_cast<int>(file_.layout().weight_shift);
    cell.respondents = from.rows;
    if (by_row) {
      cell.weight.add_scaled(1, weight_, shift);
    } else {
      cell.weight.add_times(from.weight, from.rows);
    }
    cell.items.resize(items_.size());
    for (std::size_t k = 0; k < items_.size(); ++k) {
      sums::ItemCell& item = cell.items[k];
      for (std::size_t s = 0; s < plan_.slots.size(); ++s) {
        const std::size_t at = s * plan_.stride + items_[k].column;
        const std::uint32_t n = counts_[at];
        if (n == 0) continue;
        const auto& meaning = meanings_[k][s];
        if (!meaning)
          return fail(ErrorCode::unknown_option, "an answer counts nothing or has no meaning",
                      "question " + file_.layout().columns[items_[k].column].question);
        if (!meaning->has_score()) {
          item.absent.count[static_cast<std::size_t>(meaning->absence())] += n;
          continue;
        }
        const double score = meaning->score();
        item.lowest = item.n_answered == 0 ? score : std::min(item.lowest, score);
        item.highest = item.n_answered == 0 ? score : std::max(item.highest, score);
        item.n_answered += n;
        if (by_row) {
          if (!(std::fabs(score) * std::ldexp(static_cast<double>(weights_[at]), -shift) < kLargestProduct))
            return fail(ErrorCode::out_of_range, "the scores of item " + items_[k].item + " are too large");
          item.weight.add_scaled(1, weights_[at], shift);
          item.weighted_score.add_scaled(score, weights_[at], shift);
        } else {
          if (!(std::fabs(from.weight * score) < sums::kLargestAddend))
            return fail(ErrorCode::out_of_range, "the score of item " + items_[k].item + " is too large");
          item.weight.add_times(from.weight, n);
          item.weighted_score.add_times(from.weight * score, n);
        }
      }
    }
    return {};
  }

  const ColumnFile& file_;
  std::span<const ScoredColumn> items_;
  CountPlan plan_;
  CountCodes count_;
  std::vector<Meanings> meanings_;
  std::array<int, 256> place_{};        // of a code among the slots counted
  std::vector<std::uint8_t> piece_;
  std::vector<std::uint32_t> counts_;   // of the cell
  std::vector<std::uint64_t> weights_;  // of the cell, where rows have weights
  std::uint64_t weight_ = 0;
};

}  // namespace

Result<void> check_items(const ColumnFile& file, std::span<const ScoredColumn> items) {
  for (const ScoredColumn& item : items) {
    if (item.column >= file.layout().columns.size() ||
        item.answers.size() != file.layout().columns[item.column].answers.size() ||
        item.absences.size() != sums::kAbsenceKinds)
      return fail(ErrorCode::design_invalid, "the item " + item.item + " does not fit the column file");
    std::vector<std::optional<sums::Answer>> all = item.answers;
    all.insert(all.end(), item.absences.begin(), item.absences.end());
    for (const auto& answer : all)
      // Refuses NaN as well.
      if (answer && answer->has_score() && !(std::fabs(answer->score()) < sums::kLargestAddend))
        return fail(ErrorCode::out_of_range, "the score of item " + item.item + " is too large");
  }
  return {};
}

Result<std::vector<sums::CellSums>> cell_sums(const ColumnFile& file, std::span<const ScoredColumn> items,
                                              Instructions instructions, std::size_t first, std::size_t last) {
  return CellScan(file, items, {instructions, 1}).sums(first, last);
}

Result<sums::FixedSum> row_weights(const ColumnFile& file, std::size_t cell) {
  std::uint64_t weight = 0;
  TRY_VOID(file.each_piece(cell, cell + 1, [&](const Piece& piece) -> Result<void> {
    for (std::size_t row = 0; row < piece.rows; ++row) weight += weight_at(piece.weights + 4 * row);
    return {};
  }));
  sums::FixedSum sum;
  sum.add_scaled(1, weight, static_cast<int>(file.layout().weight_shift));
  return sum;
}

std::vector<std::size_t> split_cells(const ColumnFile& file, unsigned parts) {
  std::vector<std::size_t> bounds = {0};
  std::uint64_t rows = 0;
  for (std::size_t cell = 0; cell < file.cells().size(); ++cell) {
    if (bounds.size() < parts && rows * parts >= file.rows() * bounds.size() && cell > bounds.back())
      bounds.push_back(cell);
    rows += file.cells()[cell].rows;
  }
  while (bounds.size() < parts) bounds.push_back(file.cells().size());
  bounds.push_back(file.cells().size());
  return bounds;
}

Result<sums::SumsTable> sums_of(const ColumnFile& file, std::span<const ScoredColumn> items,
                                const ScanOptions& options) {
  TRY_VOID(check_items(file, items));
  const unsigned parts = std::clamp(options.threads, 1U, 64U);
  const std::vector<std::size_t> bounds = split_cells(file, parts);
  std::vector<std::optional<Result<std::vector<sums::CellSums>>>> found(parts);
  const auto scan = [&](unsigned part) {
    found[part] = CellScan(file, items, options).sums(bounds[part], bounds[part + 1]);
  };
  std::vector<std::thread> helpers;
  for (unsigned part = 1; part < parts; ++part) helpers.emplace_back(scan, part);
  scan(0);
  for (std::thread& helper : helpers) helper.join();

  std::vector<std::string> names;
  for (const ScoredColumn& item : items) names.push_back(item.item);
  sums::SumsTable table(std::move(names));
  for (unsigned part = 0; part < parts; ++part) {
    std::vector<sums::CellSums> cells = TRY(*found[part]);
    for (std::size_t k = 0; k < cells.size(); ++k)
      TRY_VOID(table.add_sums(file.cells()[bounds[part] + k].key, std::move(cells[k])));
  }
  return table;
}

}  // namespace khaosat::columns
