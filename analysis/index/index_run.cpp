#include "analysis/index/index_run.h"

namespace khaosat::index {

std::string_view name_of(ScoreState state) {
  switch (state) {
    case ScoreState::value: return "value";
    case ScoreState::withheld: return "withheld";
    case ScoreState::missing: return "missing";
  }
  return "missing";
}

std::optional<std::size_t> IndexRun::find_node(std::string_view id) const {
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if (nodes[k].id == id) return k;
  return std::nullopt;
}

const UnitScores* IndexRun::find_unit(std::string_view id) const {
  for (const UnitScores& unit : units)
    if (unit.id == id) return &unit;
  return nullptr;
}

double missing_share(const NodeScore& score, sums::Absence kind) {
  const std::uint64_t all = score.answers + score.absent.total();
  return all == 0 ? 0 : static_cast<double>(score.absent[kind]) / static_cast<double>(all);
}

Result<estimate::SampleDesign> design_of(const IndexRun& run) {
  if (run.design != "drawn")
    return fail(ErrorCode::not_comparable,
                "this run rests on no probability sample, so nothing can be said about its errors");
  std::vector<std::string> strata;
  std::vector<std::string> psus;
  estimate::PsuTableInput table;
  bool corrected = true;
  for (const RunPsu& psu : run.psus) {
    strata.push_back(psu.stratum);
    psus.push_back(psu.psu);
    table.weight.push_back(psu.weight);
    table.psus_in_population.push_back(psu.population);
    corrected = corrected && psu.population > 0;
  }
  if (!corrected) table.psus_in_population.clear();
  for (const auto& [from, into] : run.collapse_into) {
    strata.push_back(from);
    strata.push_back(into);
  }
  estimate::LabelCodes stratum_codes = estimate::code_labels(strata);
  for (const auto& [from, into] : run.collapse_into) {
    (void)from;
    (void)into;
    const std::size_t at = run.psus.size() + 2 * table.collapse_into.size();
    table.collapse_into[stratum_codes.codes[at]] = stratum_codes.codes[at + 1];
  }
  stratum_codes.codes.resize(run.psus.size());
  table.stratum = stratum_codes.codes;
  table.stratum_names = stratum_codes.names;
  table.psu = estimate::code_labels(psus).codes;
  table.psu_ids_restart_in_each_stratum = run.psu_ids_restart_in_each_stratum;
  table.lonely_policy = run.lonely_policy;
  return estimate::SampleDesign::create_from_psus(table);
}

estimate::LinearizedByPsu linearized(const NodeScore& score) {
  return {score.estimate.value, score.influence};
}

}  // namespace khaosat::index
