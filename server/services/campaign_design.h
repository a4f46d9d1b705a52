// How respondents of a closed campaign were chosen, as numbers: for the index and for exports alike, so
// that both weigh everybody the same. Pure; thread safe.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "server/survey/campaign.h"

namespace khaosat {

using CellKey = std::pair<std::string, std::string>;  // stratum, psu label after closing

// Persons in the frame of a cell; a merged cell "v1+v2" stands for all of its primary sampling units.
double population_of(const Campaign& campaign, const std::string& psu_label);

// Weight of every respondent of a cell, given how many answered in each: persons in the frame by
// respondents, times units in the frame by units in the sample of the stratum.
std::map<CellKey, double> cell_weights(const Campaign& campaign, const std::map<CellKey, double>& respondents);

}  // namespace khaosat
