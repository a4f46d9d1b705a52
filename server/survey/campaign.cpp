#include "server/survey/campaign.h"

namespace khaosat {

const PrimarySamplingUnit* Campaign::psu(std::string_view psu_id) const {
  for (const auto& candidate : psus) {
    if (candidate.id == psu_id) return &candidate;
  }
  return nullptr;
}

const Stratum* Campaign::stratum(std::string_view stratum_id) const {
  for (const auto& candidate : strata) {
    if (candidate.id == stratum_id) return &candidate;
  }
  return nullptr;
}

}  // namespace khaosat
