// How many answered where, as far as it may be known before closing. Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/services/campaign_service.h"
#include "server/survey/campaign.h"

namespace khaosat {

struct UnitParticipation {
  std::string unit;  // id
  int slips = 0;
  int arrived = 0;  // sum of what is shown per row, so no finer than they are
  std::vector<Participation> psus;
};

// In the order of the campaign's units.
std::vector<UnitParticipation> participation_by_unit(const Campaign& campaign,
                                                     const std::vector<Participation>& table);

}  // namespace khaosat
