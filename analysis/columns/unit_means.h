// From a column file straight to means and linearised errors of every unit and item. The way of
// SumsTable and estimate::variance() by the same formulas, with columns side by side: a unit's sums
// stay in the processor's cache and are never kept.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/estimate/sample_design.h"

namespace khaosat::columns {

// The cells [first, last) of a file: those of one unit.
struct UnitCells {
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint64_t rows = 0;
};

// How the cells of a file were drawn, made by design_of(). By cell, in the order of
// ColumnFile::cells(), or by unit.
struct CellDesign {
  estimate::SampleDesign design;
  std::vector<std::uint32_t> psu;  // dense index in the design
  std::vector<double> factor;      // times the weight of its respondents
  std::vector<double> weight;      // of its respondents, as in the file
  std::vector<UnitCells> units;
};

// What a file does not say about its design.
struct CellDesignInput {
  std::vector<double> factor;              // by cell; empty: 1
  std::vector<double> psus_in_population;  // by cell, of its stratum; empty: no correction
  bool psu_ids_restart_in_each_stratum = false;
  estimate::LonelyPsuPolicy lonely_policy = estimate::LonelyPsuPolicy::fail;
  bool lonely_in_domain = false;
  std::map<std::string, std::string> collapse_into;  // for the policy collapse
};

// Strata and PSUs by the names in the file. Refuses what SampleDesign::create_from_psus refuses. Where
// rows carry weights a PSU counts as having weight when it has rows.
Result<CellDesign> design_of(const ColumnFile& file, const CellDesignInput& input = {});

enum class MeanState : std::uint8_t {
  estimated,
  no_error,             // a mean without a variance: a lonely PSU (policy), or nothing to average over
  no_valid_answers,
  weights_sum_to_zero   // those who answered have no weight
};

// Unit u and item k at u * items + k. Where there is no mean, mean and variance are 0.
struct UnitMeans {
  std::vector<std::string> units;  // ascending
  std::size_t items = 0;
  std::vector<MeanState> state;
  std::vector<double> mean;
  std::vector<double> variance;
  std::vector<std::uint64_t> answered;
  std::vector<std::uint64_t> missing;
};

// The same bits for any number of threads and any processor; the bits of mean_from_sums() and
// variance() over the sums of SumsTable where products of weights and scores are exact (whole
// scores and weights that are short binary fractions, say), 1e-15 of the terms of a sum otherwise.
// Refuses what sums_of() refuses; design_invalid when the design is of other cells.
Result<UnitMeans> means_by_unit(const ColumnFile& file, std::span<const ScoredColumn> items,
                                const CellDesign& design, const ScanOptions& options = {});

}  // namespace khaosat::columns
