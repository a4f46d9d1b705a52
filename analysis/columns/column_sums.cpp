#include "analysis/columns/column_sums.h"

#include "analysis/columns/unit_scan.h"

namespace khaosat::columns {

class ColumnSums::ColumnReader final : public sums::SurveySums::Reader {
 public:
  explicit ColumnReader(const ColumnSums& sums)
      : sums_(sums), scan_(sums.file_, sums.items_, sums.weights_, sums.instructions_, UnitScan::Bits::of_table) {}

  Result<void> read(std::size_t first, std::size_t last, sums::CellBlock& into) override {
    into.clear(last - first, sums_.items_.size());
    TRY_VOID(scan_.scan(first, last));
    for (std::size_t layer = 0; layer < scan_.layers(); ++layer)
      for (std::size_t block = 0; block < scan_.blocks(); ++block) take(layer, block, first, into);
    for (std::size_t k = 0; k < sums_.items_.size(); ++k) into.totals[k] = scan_.total(k);
    return {};
  }

  Result<sums::CellSums> exact(std::size_t cell) override {
    auto cells = TRY(cell_sums(sums_.file_, sums_.items_, sums_.instructions_, cell, cell + 1));
    return std::move(cells.front());
  }

 private:
  // Eight items at a time stand beside each other for each cell; they are wanted one after the other.
  void take(std::size_t layer, std::size_t block, std::size_t first, sums::CellBlock& into) const {
    const UnitSums& sums = scan_.sums(layer);
    for (std::size_t lane = 0; lane < kBlockColumns; ++lane) {
      const auto item = scan_.item_at(layer, block * kBlockColumns + lane);
      if (!item) continue;
      const std::size_t at = *item * into.cells;
      for (std::size_t row = 0; row < into.cells; ++row) {
        const double answered = sums.answered(block, row)[lane];
        const double scored = sums.scored(block, row)[lane];
        into.answered[at + row] = static_cast<std::uint32_t>(scan_.answered(layer, block, lane, row, *item));
        // Fixed sums hold the weight already.
        const double weight = scan_.fixed() ? 1 : sums_.weights_[first + row];
        into.weight[at + row] = weight * answered;
        into.weighted_score[at + row] = weight * scored;
      }
    }
  }

  const ColumnSums& sums_;
  UnitScan scan_;
};

ColumnSums::ColumnSums(ColumnFile file, std::vector<ScoredColumn> items, Instructions instructions)
    : file_(std::move(file)), items_(std::move(items)), instructions_(instructions) {
  for (const ScoredColumn& item : items_) names_.push_back(item.item);
}

Result<std::shared_ptr<const ColumnSums>> ColumnSums::create(ColumnFile file, std::vector<ScoredColumn> items,
                                                             Instructions instructions) {
  TRY_VOID(check_items(file, items));
  std::shared_ptr<ColumnSums> sums(new ColumnSums(std::move(file), std::move(items), instructions));
  const ColumnFile& from = sums->file_;
  sums->cells_.reserve(from.cells().size());
  for (std::size_t cell = 0; cell < from.cells().size(); ++cell) {
    const ColumnCell& one = from.cells()[cell];
    sums::FixedSum weight;
    if (from.layout().row_weights) {
      weight = TRY(row_weights(from, cell));
    } else {
      weight.add_times(one.weight, one.rows);
    }
    sums->cells_.push_back({one.key, one.rows, weight.value()});
    sums->weights_.push_back(one.weight);
  }
  return std::shared_ptr<const ColumnSums>(std::move(sums));
}

std::unique_ptr<sums::SurveySums::Reader> ColumnSums::reader() const { return std::make_unique<ColumnReader>(*this); }

}  // namespace khaosat::columns
