#include "analysis/index/index_run.h"

#include <algorithm>

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

bool is_second_stage(const RunPsu& psu) { return psu.stratum.starts_with(kSecondStage); }

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

namespace {

// Numbers for the strata and PSUs of a run, in the order of their names, as place_codes() gives them.
struct RunCodes {
  std::vector<std::uint32_t> strata;  // by entry of run.psus
  std::vector<std::uint32_t> psus;
  std::map<std::string_view, std::uint32_t> collapsed;  // strata named in collapse_into
};

// Codes of names that stand in any order; `code(place, number)` takes them.
template <typename Code>
void number_names(std::vector<std::pair<std::string_view, std::size_t>>& names, Code code) {
  if (!std::is_sorted(names.begin(), names.end())) std::sort(names.begin(), names.end());
  std::uint32_t next = 0;
  for (std::size_t k = 0; k < names.size(); ++k) {
    if (k > 0 && names[k].first != names[k - 1].first) ++next;
    code(names[k].second, next);
  }
}

RunCodes codes_of(const IndexRun& run) {
  RunCodes codes;
  const std::size_t size = run.psus.size();
  codes.strata.resize(size);
  codes.psus.resize(size);
  std::vector<std::pair<std::string_view, std::size_t>> names;
  names.reserve(size);
  for (std::size_t k = 0; k < size; ++k) names.emplace_back(run.psus[k].psu, k);
  number_names(names, [&](std::size_t k, std::uint32_t code) { codes.psus[k] = code; });
  names.clear();
  // One for each run of places of a stratum: sorting is what takes time.
  const auto begins = [&](std::size_t k) { return k == 0 || run.psus[k].stratum != run.psus[k - 1].stratum; };
  for (std::size_t k = 0; k < size; ++k)
    if (begins(k)) names.emplace_back(run.psus[k].stratum, k);
  for (const auto& [from, into] : run.collapse_into) {
    codes.collapsed[from] = 0;
    codes.collapsed[into] = 0;
  }
  std::vector<std::uint32_t*> extra;
  for (auto& [name, code] : codes.collapsed) {
    names.emplace_back(name, size + extra.size());
    extra.push_back(&code);
  }
  number_names(names, [&](std::size_t k, std::uint32_t code) { (k < size ? codes.strata[k] : *extra[k - size]) = code; });
  for (std::size_t k = 0; k < size; ++k)
    if (!begins(k)) codes.strata[k] = codes.strata[k - 1];
  return codes;
}

// `stratum_of`, `psu_of`: number of an entry of run.psus; `collapsed_of`: of a stratum by its name.
template <typename StratumOf, typename PsuOf, typename CollapsedOf>
Result<estimate::SampleDesign> make_design(const IndexRun& run, StratumOf stratum_of, PsuOf psu_of,
                                           CollapsedOf collapsed_of) {
  if (run.design != "drawn")
    return fail(ErrorCode::not_comparable,
                "this run rests on no probability sample, so nothing can be said about its errors");
  estimate::PsuTableInput table;
  bool corrected = true;
  for (std::size_t k = 0; k < run.psus.size(); ++k) {
    const RunPsu& psu = run.psus[k];
    const std::uint32_t stratum = stratum_of(k);
    if (table.stratum.empty() || table.stratum.back() != stratum) table.stratum_names.emplace(stratum, psu.stratum);
    table.stratum.push_back(stratum);
    table.psu.push_back(psu_of(k));
    table.weight.push_back(psu.weight);
    table.psus_in_population.push_back(psu.population);
    corrected = corrected && psu.population > 0;
  }
  if (!corrected) table.psus_in_population.clear();
  for (const auto& [from, into] : run.collapse_into) {
    table.collapse_into[collapsed_of(from)] = collapsed_of(into);
    table.stratum_names.emplace(collapsed_of(into), into);
  }
  table.psu_ids_restart_in_each_stratum = run.psu_ids_restart_in_each_stratum;
  table.lonely_policy = run.lonely_policy;
  return estimate::SampleDesign::create_from_psus(table);
}

}  // namespace

Result<estimate::SampleDesign> design_of(const IndexRun& run) {
  const RunCodes codes = codes_of(run);
  return make_design(
      run, [&](std::size_t k) { return codes.strata[k]; }, [&](std::size_t k) { return codes.psus[k]; },
      [&](const std::string& name) { return codes.collapsed.at(name); });
}

std::vector<std::uint32_t> places_in(const estimate::SampleDesign& design, const IndexRun& run) {
  const RunCodes codes = codes_of(run);
  std::vector<std::uint32_t> places;
  places.reserve(run.psus.size());
  for (std::size_t k = 0; k < run.psus.size(); ++k) {
    // Mostly it stands where it stood.
    const bool here = k < design.psu_count() && design.stratum_id_of_psu(k) == codes.strata[k] && design.psu_id(k) == codes.psus[k];
    places.push_back(here ? static_cast<std::uint32_t>(k) : design.find_psu(codes.strata[k], codes.psus[k]).value_or(0));
  }
  return places;
}

Result<estimate::SampleDesign> design_of(const IndexRun& run, const PlaceCodes& codes) {
  return make_design(
      run, [&](std::size_t k) { return codes.strata.at(run.psus[k].stratum); },
      [&](std::size_t k) { return codes.psus.at(run.psus[k].psu); },
      [&](const std::string& name) { return codes.strata.at(name); });
}

estimate::LinearizedByPsu linearized(const NodeScore& score) {
  return {score.estimate.value, score.influence};
}

}  // namespace khaosat::index
