#include "server/reports/participation_report.h"

namespace khaosat {

std::vector<UnitParticipation> participation_by_unit(const Campaign& campaign,
                                                     const std::vector<Participation>& table) {
  std::vector<UnitParticipation> units;
  for (const auto& id : campaign.units) {
    UnitParticipation unit;
    unit.unit = id;
    for (const auto& row : table) {
      if (row.unit != id) continue;
      unit.slips += row.slips;
      unit.arrived += row.arrived;
      unit.psus.push_back(row);
    }
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace khaosat
