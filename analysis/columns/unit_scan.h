// The cells of a unit as sums for the kernels of mean_kernel.h. Internal to unit_means.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/columns/count_codes.h"
#include "analysis/columns/mean_kernel.h"
#include "analysis/sums/survey_sums.h"

namespace khaosat::columns {

// Items beside each other, at most one for each column of the file; an item whose column is taken
// goes to the next layer.
//
// Counts become sums in floating point where that is exact; otherwise (weights of rows, scores that
// no short binary fraction is) through FixedSum. One object, one thread.
class UnitScan {
 public:
  // What the sums, times the weight of the respondents of their cell, must come to. of_table: the bits of
  // sums_of(), and total() is known; of_formula: one rounding more where a product is not exact.
  enum class Bits { of_table, of_formula };

  // `weights`: of the respondents of each cell.
  UnitScan(const ColumnFile& file, std::span<const ScoredColumn> items, std::span<const double> weights,
           Instructions instructions, Bits bits = Bits::of_formula);

  // Fills sums() with the cells [first, last), one row each.
  Result<void> scan(std::size_t first, std::size_t last);

  std::size_t layers() const { return layers_.size(); }
  std::size_t blocks() const { return blocks_; }
  const UnitSums& sums(std::size_t layer) const { return layers_[layer].sums; }
  // These hold the sums instead, of the one layer there is; null: sums() does.
  const SmallSums* small() const { return even_ ? &small_ : nullptr; }
  std::optional<std::size_t> item_at(std::size_t layer, std::size_t column) const;
  // Respondents with a score, them or (fixed) their weight, and what their scores come to.
  std::uint64_t answered(std::size_t layer, std::size_t block, std::size_t lane, std::size_t row, std::size_t item) const;
  double weight(std::size_t layer, std::size_t block, std::size_t lane, std::size_t row) const {
    return even_ ? small_.answered(block, row)[lane] : layers_[layer].sums.answered(block, row)[lane];
  }
  double scored(std::size_t layer, std::size_t block, std::size_t lane, std::size_t row) const {
    return even_ ? small_.unit * small_.scored(block, row)[lane] : layers_[layer].sums.scored(block, row)[lane];
  }
  // Over the cells scanned last.
  sums::ItemTotal total(std::size_t item) const;
  // The sums are multiplied by weights already, and hold weights of respondents instead of their number.
  bool fixed() const { return fixed_; }

 private:
  struct Layer {
    std::vector<std::size_t> items;  // by column; npos: none
    ScoreTables tables;
    std::vector<std::uint8_t> bytes;
    std::vector<std::int16_t> whole;
    std::vector<double> scores;
    std::vector<double> memory;
    UnitSums sums;
  };
  void place_items();
  void set_tables(Layer& layer);
  bool set_even(const Layer& layer);
  Result<void> scan_even(std::size_t first, std::size_t last);
  Result<void> scan_fixed(std::size_t first, std::size_t last);
  Result<void> refuse(const Piece& piece, unsigned flags) const;
  void count_all(const std::uint8_t* counts);
  void carry_counts();

  const ColumnFile& file_;
  std::span<const ScoredColumn> items_;
  Instructions instructions_;
  CountPlan plan_;
  CountCodes count_;
  const MeanKernel& kernel_;
  bool fixed_ = false;
  std::size_t blocks_ = 0;
  std::vector<Layer> layers_;
  // Where scores stand at even steps and cells are small.
  bool even_ = false;
  EvenScores even_scores_;
  std::vector<std::uint8_t> even_bytes_;
  std::vector<std::int16_t> even_steps_;
  std::vector<std::int16_t> small_memory_;
  std::vector<double> small_room_;
  SmallSums small_;
  std::vector<std::uint8_t> counts_;
  // Of the cells scanned last, where total() is asked for: the latest pieces, and all before them.
  bool totals_ = false;
  std::vector<std::uint16_t> late_counts_;
  std::size_t late_pieces_ = 0;
  std::vector<std::uint64_t> all_counts_;
  std::vector<sums::CellSums> cells_;  // of the unit, where sums are fixed
};

}  // namespace khaosat::columns
