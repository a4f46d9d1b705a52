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

PlaceCodes place_codes(const std::vector<const IndexRun*>& runs) {
  PlaceCodes codes;
  for (const IndexRun* run : runs) {
    for (const RunPsu& psu : run->psus) {
      codes.strata.emplace(psu.stratum, 0);
      codes.psus.emplace(psu.psu, 0);
    }
    for (const auto& [from, into] : run->collapse_into) {
      codes.strata.emplace(from, 0);
      codes.strata.emplace(into, 0);
    }
  }
  // In the order of the names, so that dense indexes do not depend on which runs are together.
  for (auto* names : {&codes.strata, &codes.psus}) {
    std::uint32_t next = 0;
    for (auto& [name, code] : *names) code = next++;
  }
  return codes;
}

Result<estimate::SampleDesign> design_of(const IndexRun& run) { return design_of(run, place_codes({&run})); }

Result<estimate::SampleDesign> design_of(const IndexRun& run, const PlaceCodes& codes) {
  if (run.design != "drawn")
    return fail(ErrorCode::not_comparable,
                "this run rests on no probability sample, so nothing can be said about its errors");
  estimate::PsuTableInput table;
  bool corrected = true;
  for (const RunPsu& psu : run.psus) {
    const std::uint32_t stratum = codes.strata.at(psu.stratum);
    table.stratum.push_back(stratum);
    table.stratum_names.emplace(stratum, psu.stratum);
    table.psu.push_back(codes.psus.at(psu.psu));
    table.weight.push_back(psu.weight);
    table.psus_in_population.push_back(psu.population);
    corrected = corrected && psu.population > 0;
  }
  if (!corrected) table.psus_in_population.clear();
  for (const auto& [from, into] : run.collapse_into) {
    table.collapse_into[codes.strata.at(from)] = codes.strata.at(into);
    table.stratum_names.emplace(codes.strata.at(into), into);
  }
  table.psu_ids_restart_in_each_stratum = run.psu_ids_restart_in_each_stratum;
  table.lonely_policy = run.lonely_policy;
  return estimate::SampleDesign::create_from_psus(table);
}

estimate::LinearizedByPsu linearized(const NodeScore& score) {
  return {score.estimate.value, score.influence};
}

}  // namespace khaosat::index
