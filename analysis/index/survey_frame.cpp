#include "analysis/index/survey_frame.h"

#include <algorithm>

namespace khaosat::index {
namespace {

using PsuName = std::pair<std::string, std::string>;  // stratum, PSU

// Dense index of each PSU. With a design its own; otherwise the order of the names.
std::map<PsuName, std::uint32_t> number_psus(const std::map<PsuName, RunPsu>& psus,
                                             const std::optional<estimate::SampleDesign>& design,
                                             const std::map<std::string, std::string>& collapse_into) {
  std::map<PsuName, std::uint32_t> dense;
  if (!design) {
    for (const auto& [name, psu] : psus) dense.emplace(name, static_cast<std::uint32_t>(dense.size()));
    return dense;
  }
  // The same codes as in design_of(): they depend on the set of labels only.
  std::vector<std::string> strata;
  std::vector<std::string> ids;
  for (const auto& [name, psu] : psus) {
    strata.push_back(name.first);
    ids.push_back(name.second);
  }
  for (const auto& [from, into] : collapse_into) {
    strata.push_back(from);
    strata.push_back(into);
  }
  const estimate::LabelCodes stratum_codes = estimate::code_labels(strata);
  const estimate::LabelCodes psu_codes = estimate::code_labels(ids);
  std::size_t row = 0;
  for (const auto& [name, psu] : psus) {
    dense.emplace(name, design->find_psu(stratum_codes.codes[row], psu_codes.codes[row]).value_or(0));
    ++row;
  }
  return dense;
}

}  // namespace

Result<SurveyFrame> SurveyFrame::create(const IndexInput& input, IndexRun& run) {
  SurveyFrame frame;
  const SurveyDesign& asked = input.design;
  run.design = asked.drawn ? "drawn" : "none";
  run.lonely_policy = asked.lonely_policy;
  run.collapse_into = asked.collapse_into;
  run.psu_ids_restart_in_each_stratum = asked.psu_ids_restart_in_each_stratum;

  const auto factor_of = [&](const sums::CellKey& key) -> Result<double> {
    if (asked.cell_weights.empty()) return 1.0;
    const auto found = asked.cell_weights.find({key.stratum, key.psu});
    if (found == asked.cell_weights.end())
      return fail(ErrorCode::weight_invalid, "cell weights are given, but not for this PSU",
                  "stratum " + key.stratum + ", PSU " + key.psu);
    if (!(found->second >= 0) || !(found->second < sums::kLargestAddend))
      return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", "PSU " + key.psu);
    return found->second;
  };

  std::map<PsuName, RunPsu> psus;
  bool any_weight = false;
  for (const auto& [key, cell] : input.survey->cells()) {
    RunPsu& psu = psus[{key.stratum, key.psu}];
    psu.stratum = key.stratum;
    psu.psu = key.psu;
    psu.weight += TRY(factor_of(key)) * cell.weight.value();
    any_weight = any_weight || psu.weight > 0;
    if (asked.psus_in_population.empty()) continue;
    const auto population = asked.psus_in_population.find(key.stratum);
    if (population == asked.psus_in_population.end())
      return fail(ErrorCode::design_invalid,
                  "the number of PSUs in the frame is given for other strata, but not for this one",
                  "stratum " + key.stratum);
    psu.population = population->second;
  }
  for (const auto& [name, psu] : psus) run.psus.push_back(psu);
  // Nobody answered anywhere: every value is missing, and there is no design to speak of.
  if (asked.drawn && any_weight) frame.design_ = TRY(design_of(run));

  const auto dense = number_psus(psus, frame.design_, asked.collapse_into);
  for (const auto& [name, psu] : psus) run.psus[dense.at(name)] = psu;
  for (const auto& [key, cell] : input.survey->cells())
    frame.cells_[key.unit].push_back(
        {dense.at({key.stratum, key.psu}), TRY(factor_of(key)), &cell});
  return frame;
}

std::vector<UnitPsu> SurveyFrame::cells_of(const std::vector<std::string>& units) const {
  std::map<std::uint32_t, UnitPsu> by_psu;
  for (const std::string& unit : units) {
    const auto found = cells_.find(unit);
    if (found == cells_.end()) continue;
    for (const Cell& cell : found->second) {
      UnitPsu& psu = by_psu[cell.psu];
      psu.psu = cell.psu;
      psu.factor = cell.factor;
      psu.cells.push_back(cell.sums);
    }
  }
  std::vector<UnitPsu> cells;
  for (auto& [psu, unit_psu] : by_psu) cells.push_back(std::move(unit_psu));
  return cells;
}

LeafSums SurveyFrame::leaf(const std::vector<UnitPsu>& cells, std::size_t item) const {
  LeafSums result;
  double lowest = 0;
  double highest = 0;
  for (const UnitPsu& psu : cells) {
    std::uint64_t n = 0;
    sums::FixedSum weight;
    sums::FixedSum weighted;
    for (const sums::CellSums* cell : psu.cells) {
      const sums::ItemCell& sums = cell->items[item];
      result.absent.add(sums.absent);
      if (sums.n_answered == 0) continue;
      lowest = result.n + n == 0 ? sums.lowest : std::min(lowest, sums.lowest);
      highest = result.n + n == 0 ? sums.highest : std::max(highest, sums.highest);
      n += sums.n_answered;
      weight.add(sums.weight);
      weighted.add(sums.weighted_score);
    }
    if (n == 0) continue;
    result.n += n;
    result.by_psu.push_back({psu.psu, n, psu.factor * weight.value(), psu.factor * weighted.value()});
  }
  result.all_alike = result.n > 0 && lowest == highest;
  return result;
}

}  // namespace khaosat::index
