#include "server/services/campaign_design.h"

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
  // Sampled units of the stratum where somebody answered stand for all of its frame.
  std::map<std::string, double> sampled;
  for (const auto& [cell, count] : respondents) sampled[cell.first] += static_cast<double>(split(cell.second, '+').size());
  std::map<CellKey, double> weights;
  for (const auto& [cell, count] : respondents) {
    const Stratum* stratum = campaign.stratum(cell.first);
    const double in_frame = stratum && stratum->psu_population > 0 ? stratum->psu_population : sampled[cell.first];
    weights[cell] = population_of(campaign, cell.second) / count * (in_frame / sampled[cell.first]);
  }
  return weights;
}

}  // namespace khaosat
