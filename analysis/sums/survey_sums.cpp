#include "analysis/sums/survey_sums.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "base/digest_stream.h"

namespace khaosat::sums {
namespace {

// Numbers low byte first, lengths in front of texts, so that no two surveys share their bytes.
class Hashing {
 public:
  void put(std::uint64_t value) { put_all(std::span<const std::uint64_t>(&value, 1)); }
  void put(double value) { put_all(std::span<const double>(&value, 1)); }
  void put(std::string_view text) {
    put(static_cast<std::uint64_t>(text.size()));
    stream_.add(text);
  }
  void put(const Digest& digest) { stream_.add(view_of(digest)); }
  // As they lie in memory where that is low byte first.
  template <typename Number>
  void put_all(std::span<const Number> numbers) {
    if constexpr (std::endian::native == std::endian::little) {
      stream_.add({reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes()});
    } else {
      for (const Number& number : numbers) {
        auto bytes = std::bit_cast<std::array<char, sizeof(Number)>>(number);
        std::reverse(bytes.begin(), bytes.end());
        stream_.add({bytes.data(), bytes.size()});
      }
    }
  }
  Digest finish() { return stream_.finish(); }

 private:
  DigestStream stream_;
};

}  // namespace

void CellBlock::clear(std::size_t cell_count, std::size_t item_count) {
  cells = cell_count;
  answered.assign(cell_count * item_count, 0);
  weight.assign(cell_count * item_count, 0);
  weighted_score.assign(cell_count * item_count, 0);
  totals.assign(item_count, {});
}

class TableSums::TableReader final : public SurveySums::Reader {
 public:
  explicit TableReader(const TableSums& sums) : sums_(sums) {}

  Result<void> read(std::size_t first, std::size_t last, CellBlock& into) override {
    into.clear(last - first, sums_.items().size());
    for (std::size_t cell = first; cell < last; ++cell) {
      const std::vector<ItemCell>& items = sums_.sums_[cell]->items;
      for (std::size_t k = 0; k < items.size(); ++k) {
        const ItemCell& item = items[k];
        ItemTotal& total = into.totals[k];
        total.absent.add(item.absent);
        if (item.n_answered == 0) continue;
        total.lowest = total.n_answered == 0 ? item.lowest : std::min(total.lowest, item.lowest);
        total.highest = total.n_answered == 0 ? item.highest : std::max(total.highest, item.highest);
        total.n_answered += item.n_answered;
        const std::size_t at = k * into.cells + (cell - first);
        into.answered[at] = static_cast<std::uint32_t>(item.n_answered);
        into.weight[at] = item.weight.value();
        into.weighted_score[at] = item.weighted_score.value();
      }
    }
    return {};
  }
  Result<CellSums> exact(std::size_t cell) override { return *sums_.sums_[cell]; }

 private:
  const TableSums& sums_;
};

TableSums::TableSums(const SumsTable& table) : table_(table) {
  cells_.reserve(table.cells().size());
  for (const auto& [key, cell] : table.cells()) {
    cells_.push_back({key, cell.respondents, cell.weight.value()});
    sums_.push_back(&cell);
  }
}

std::unique_ptr<SurveySums::Reader> TableSums::reader() const { return std::make_unique<TableReader>(*this); }

Digest digest_of(std::span<const CellTotal> cells, const CellBlock& block) {
  Hashing hash;
  for (const CellTotal& cell : cells) {
    hash.put(cell.key.unit);
    hash.put(cell.key.stratum);
    hash.put(cell.key.psu);
    hash.put(cell.respondents);
    hash.put(cell.weight);
  }
  hash.put_all(std::span<const std::uint32_t>(block.answered));
  hash.put_all(std::span<const double>(block.weight));
  hash.put_all(std::span<const double>(block.weighted_score));
  for (const ItemTotal& total : block.totals) {
    hash.put(total.n_answered);
    hash.put(total.n_answered == 0 ? 0.0 : total.lowest);
    hash.put(total.n_answered == 0 ? 0.0 : total.highest);
    hash.put_all(std::span<const std::uint64_t>(total.absent.count));
  }
  return hash.finish();
}

std::string digest_of(const std::vector<std::string>& items, std::span<const Digest> units) {
  Hashing hash;
  hash.put(static_cast<std::uint64_t>(items.size()));
  for (const std::string& item : items) hash.put(item);
  hash.put(static_cast<std::uint64_t>(units.size()));
  for (const Digest& unit : units) hash.put(unit);
  const Digest digest = hash.finish();
  return to_hex(view_of(digest));
}

std::vector<std::size_t> unit_ends(std::span<const CellTotal> cells) {
  std::vector<std::size_t> ends;
  for (std::size_t cell = 1; cell <= cells.size(); ++cell)
    if (cell == cells.size() || cells[cell].key.unit != cells[cell - 1].key.unit) ends.push_back(cell);
  return ends;
}

}  // namespace khaosat::sums
