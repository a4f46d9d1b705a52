#include "server/services/campaign_design.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/text.h"

namespace khaosat {

double population_of(const Campaign& campaign, const std::string& psu_label) {
  double population = 0;
  for (const auto& id : split(psu_label, '+')) {
    if (const auto* psu = campaign.psu(id)) population += psu->population;
  }
  return population;
}

std::map<CellKey, double> cell_weights(const Campaign& campaign, const std::map<CellKey, double>& respondents) {
  // Looked up for every cell: a list would be gone through for each of them.
  std::unordered_map<std::string_view, const PrimarySamplingUnit*> psus;
  std::unordered_map<std::string_view, const Stratum*> strata;
  for (const auto& psu : campaign.psus) psus.emplace(psu.id, &psu);
  for (const auto& stratum : campaign.strata) strata.emplace(stratum.id, &stratum);
  // Sampled units of the stratum where somebody answered stand for all of its frame.
  std::unordered_map<std::string_view, double> sampled;
  for (const auto& [cell, count] : respondents)
    sampled[cell.first] += static_cast<double>(1 + std::count(cell.second.begin(), cell.second.end(), '+'));
  std::map<CellKey, double> weights;
  for (const auto& [cell, count] : respondents) {
    const auto stratum = strata.find(cell.first);
    const double in_sample = sampled[cell.first];
    const double in_frame = stratum != strata.end() && stratum->second->psu_population > 0
                                ? stratum->second->psu_population : in_sample;
    double population = 0;
    for (const auto& id : split(cell.second, '+')) {
      const auto psu = psus.find(id);
      if (psu != psus.end()) population += psu->second->population;
    }
    weights.emplace_hint(weights.end(), cell, population / count * (in_frame / in_sample));
  }
  return weights;
}

}  // namespace khaosat
