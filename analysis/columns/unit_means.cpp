#include "analysis/columns/unit_means.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <thread>

#include "analysis/columns/count_codes.h"
#include "analysis/columns/unit_scan.h"
#include "analysis/estimate/estimate.h"
#include "analysis/estimate/stratum_rule.h"

namespace khaosat::columns {
namespace {

std::vector<UnitCells> units_of(const ColumnFile& file) {
  std::vector<UnitCells> units;
  const auto& cells = file.cells();
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    if (cell == 0 || cells[cell].key.unit != cells[cell - 1].key.unit) units.push_back({cell, cell});
    units.back().last = cell + 1;
    units.back().rows += cells[cell].rows;
  }
  return units;
}

// Means of some units, one after the other. One object, one thread.
class MeanScan {
 public:
  MeanScan(const ColumnFile& file, std::span<const ScoredColumn> items, const CellDesign& design,
           Instructions instructions, UnitMeans& means)
      : design_(design),
        kernel_(mean_kernel(instructions)),
        sums_(file, items, design.weight, instructions),
        items_(items.size()),
        means_(means) {
    // Asked for every unit.
    for (std::size_t layer = 0; layer < sums_.layers(); ++layer)
      for (std::size_t lane = 0; lane < sums_.blocks() * kBlockColumns; ++lane)
        item_of_.push_back(sums_.item_at(layer, lane).value_or(kNoItem));
  }

  Result<void> add(std::size_t unit, const UnitCells& cells) {
    TRY_VOID(sums_.scan(cells.first, cells.last));
    const bool by_lanes = set_strata(cells);
    for (std::size_t layer = 0; layer < sums_.layers(); ++layer) {
      for (std::size_t block = 0; block < sums_.blocks(); ++block) {
        if (by_lanes && sums_.fixed()) count_singly(unit, block, cells);
        if (by_lanes) estimate_lanes(unit, layer, block, cells);
        else TRY_VOID(estimate_singly(unit, layer, block, cells));
      }
    }
    for (std::size_t k = 0; k < items_; ++k)
      means_.missing[unit * items_ + k] = cells.rows - means_.answered[unit * items_ + k];
    return {};
  }

 private:
  static constexpr std::size_t kNoItem = std::numeric_limits<std::size_t>::max();
  std::size_t item_at(std::size_t layer, std::size_t block, std::size_t lane) const {
    return item_of_[(layer * sums_.blocks() + block) * kBlockColumns + lane];
  }

  double row_weight(std::size_t cell) const { return sums_.fixed() ? 1 : design_.weight[cell]; }

  // False: some stratum needs to know who answered what before it has a rule.
  bool set_strata(const UnitCells& cells) {
    const estimate::SampleDesign& design = design_.design;
    const estimate::LonelyRules rules{design.lonely_policy(), design.lonely_in_domain()};
    strata_.clear();
    factors_ = design_.factor.data() + cells.first;
    // Fixed sums hold the weight already.
    weights_.assign(sums_.fixed() ? cells.last - cells.first : 0, 1);
    if (rules.lonely_in_domain) return false;
    for (std::size_t cell = cells.first; cell < cells.last;) {
      const std::uint32_t stratum = design.stratum_of_psu()[design_.psu[cell]];
      UnitStratum one{cell - cells.first, 0, {}};
      const std::uint32_t end = design.first_psu(stratum + 1);
      for (; cell < cells.last && design_.psu[cell] < end; ++cell)
        if (cell > cells.first && design_.psu[cell] <= design_.psu[cell - 1]) return false;
      one.last = cell - cells.first;
      one.rule = estimate::stratum_rule(design.psus_sampled(stratum), design.psus_in_population(stratum),
                                        one.last - one.first, rules);
      if (one.rule.kind == estimate::StratumCase::refused || one.rule.kind == estimate::StratumCase::averaged)
        return false;
      strata_.push_back(one);
    }
    return true;
  }

  void estimate_lanes(std::size_t unit, std::size_t layer, std::size_t block, const UnitCells& cells) {
    alignas(64) double answers[kBlockColumns];
    alignas(64) double weight[kBlockColumns];
    alignas(64) double mean[kBlockColumns];
    alignas(64) double variance[kBlockColumns];
    const double* const weights = sums_.fixed() ? weights_.data() : design_.weight.data() + cells.first;
    const UnitResult result{answers, weight, mean, variance};
    if (const SmallSums* const small = sums_.small())
      kernel_.estimate_small(*small, block, weights, factors_, strata_.data(), strata_.size(), result);
    else
      kernel_.estimate(sums_.sums(layer), block, weights, factors_, strata_.data(), strata_.size(), result);
    for (std::size_t lane = 0; lane < kBlockColumns; ++lane) {
      const std::size_t item = item_at(layer, block, lane);
      if (item == kNoItem) continue;
      const std::size_t at = unit * items_ + item;
      if (!sums_.fixed()) means_.answered[at] = static_cast<std::uint64_t>(answers[lane]);
      if (means_.answered[at] == 0 || !(weight[lane] > 0)) {
        means_.state[at] = means_.answered[at] == 0 ? MeanState::no_valid_answers : MeanState::weights_sum_to_zero;
        continue;
      }
      means_.mean[at] = mean[lane];
      means_.variance[at] = variance[lane];
    }
  }

  void count_singly(std::size_t unit, std::size_t block, const UnitCells& cells) {
    for (std::size_t lane = 0; lane < kBlockColumns; ++lane) {
      const auto item = sums_.item_at(0, block * kBlockColumns + lane);
      for (std::size_t row = 0; item && row < cells.last - cells.first; ++row)
        means_.answered[unit * items_ + *item] += sums_.answered(0, block, lane, row, *item);
    }
  }

  // Item by item, by the functions everybody else calls.
  Result<void> estimate_singly(std::size_t unit, std::size_t layer, std::size_t block, const UnitCells& cells) {
    std::vector<estimate::ItemSums> list;
    for (std::size_t lane = 0; lane < kBlockColumns; ++lane) {
      const auto item = sums_.item_at(layer, block * kBlockColumns + lane);
      if (!item) continue;
      const std::size_t at = unit * items_ + *item;
      list.clear();
      for (std::size_t row = 0; row < cells.last - cells.first; ++row) {
        const std::size_t cell = cells.first + row;
        const std::uint64_t n = sums_.answered(layer, block, lane, row, *item);
        means_.answered[at] += n;
        list.push_back({design_.psu[cell], n, factors_[row] * (row_weight(cell) * sums_.weight(layer, block, lane, row)),
                        factors_[row] * (row_weight(cell) * sums_.scored(layer, block, lane, row))});
      }
      std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.psu < b.psu; });
      const auto mean = estimate::mean_from_sums(list);
      if (!mean) {
        if (mean.error().code == ErrorCode::design_invalid) return fail(mean.error());
        means_.state[at] = mean.error().code == ErrorCode::no_valid_answers ? MeanState::no_valid_answers
                                                                            : MeanState::weights_sum_to_zero;
        continue;
      }
      means_.mean[at] = mean->value;
      const auto variance = estimate::variance(design_.design, *mean);
      if (variance) {
        means_.variance[at] = *variance;
      } else if (variance.error().code == ErrorCode::lonely_psu) {
        means_.state[at] = MeanState::no_error;
      } else {
        return fail(variance.error());
      }
    }
    return {};
  }

  const CellDesign& design_;
  const MeanKernel& kernel_;
  UnitScan sums_;
  std::size_t items_;
  std::vector<std::size_t> item_of_;  // by layer and lane
  UnitMeans& means_;
  std::vector<double> weights_;  // by row of the unit, where sums are fixed
  const double* factors_ = nullptr;  // by row of the unit
  std::vector<UnitStratum> strata_;
};

}  // namespace

Result<CellDesign> design_of(const ColumnFile& file, const CellDesignInput& input) {
  const auto& cells = file.cells();
  if ((!input.factor.empty() && input.factor.size() != cells.size()) ||
      (!input.psus_in_population.empty() && input.psus_in_population.size() != cells.size()))
    return fail(ErrorCode::design_invalid, "weights or sizes are not one for each cell of the file");
  std::vector<std::string> strata;
  std::vector<std::string> psus;
  for (const ColumnCell& cell : cells) {
    strata.push_back(cell.key.stratum);
    psus.push_back(cell.key.psu);
  }
  for (const auto& [from, into] : input.collapse_into) {
    strata.push_back(from);
    strata.push_back(into);
  }
  const estimate::LabelCodes stratum_codes = estimate::code_labels(strata);
  const estimate::LabelCodes psu_codes = estimate::code_labels(psus);

  estimate::PsuTableInput table;
  // A PSU stands in the table once, however many units it reaches into.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> rows;
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    const double factor = input.factor.empty() ? 1 : input.factor[cell];
    if (!std::isfinite(factor) || factor < 0)
      return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", "PSU " + cells[cell].key.psu);
    const auto [row, fresh] = rows.try_emplace({stratum_codes.codes[cell], psu_codes.codes[cell]}, table.weight.size());
    if (fresh) {
      table.stratum.push_back(stratum_codes.codes[cell]);
      table.psu.push_back(psu_codes.codes[cell]);
      table.weight.push_back(0);
      if (!input.psus_in_population.empty()) table.psus_in_population.push_back(input.psus_in_population[cell]);
    }
    table.weight[row->second] += factor * cells[cell].weight * static_cast<double>(cells[cell].rows);
  }
  table.psu_ids_restart_in_each_stratum = input.psu_ids_restart_in_each_stratum;
  table.lonely_policy = input.lonely_policy;
  table.lonely_in_domain = input.lonely_in_domain;
  table.stratum_names = stratum_codes.names;
  for (std::size_t k = cells.size(); k < strata.size(); k += 2)
    table.collapse_into[stratum_codes.codes[k]] = stratum_codes.codes[k + 1];
  CellDesign made{TRY(estimate::SampleDesign::create_from_psus(table)), {}, input.factor, {}, units_of(file)};
  if (made.factor.empty()) made.factor.assign(cells.size(), 1);
  for (const ColumnCell& cell : cells) made.weight.push_back(cell.weight);
  for (std::size_t cell = 0; cell < cells.size(); ++cell)
    made.psu.push_back(made.design.find_psu(stratum_codes.codes[cell], psu_codes.codes[cell]).value_or(0));
  return made;
}

Result<UnitMeans> means_by_unit(const ColumnFile& file, std::span<const ScoredColumn> items, const CellDesign& design,
                                const ScanOptions& options) {
  TRY_VOID(check_items(file, items));
  const std::size_t psus = design.design.psu_count();
  const bool fits = design.psu.size() == file.cells().size() &&
                    design.factor.size() == file.cells().size() && design.weight.size() == file.cells().size() &&
                    std::all_of(design.psu.begin(), design.psu.end(),
                                [&](std::uint32_t psu) { return psu < psus; });
  if (!fits || design.design.two_stage() || !design.design.residual_rules().empty())
    return fail(ErrorCode::design_invalid, "the design is not one of the cells of this file");
  const std::vector<UnitCells>& units = design.units;
  UnitMeans means;
  means.items = items.size();
  for (const UnitCells& unit : units) means.units.push_back(file.cells()[unit.first].key.unit);
  const std::size_t size = units.size() * items.size();
  means.state.assign(size, MeanState::estimated);
  means.mean.assign(size, 0);
  means.variance.assign(size, 0);
  means.answered.assign(size, 0);
  means.missing.assign(size, 0);

  // Whole units for each thread, of about equal rows.
  const unsigned parts = std::clamp(options.threads, 1U, 64U);
  std::vector<Result<void>> found(parts);
  const auto scan = [&](unsigned part) {
    MeanScan means_of(file, items, design, options.instructions, means);
    std::uint64_t rows = 0;
    for (std::size_t unit = 0; unit < units.size() && found[part]; rows += units[unit++].rows)
      if (file.rows() == 0 ? part == 0 : rows * parts / file.rows() == part)
        found[part] = means_of.add(unit, units[unit]);
  };
  std::vector<std::thread> helpers;
  for (unsigned part = 1; part < parts; ++part) helpers.emplace_back(scan, part);
  scan(0);
  for (std::thread& helper : helpers) helper.join();
  for (Result<void>& part : found) TRY_VOID(std::move(part));
  return means;
}

}  // namespace khaosat::columns
