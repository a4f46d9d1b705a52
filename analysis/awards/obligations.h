// Duties: who must do what by when, following which loss of points. Internal to evaluate().
#pragma once

#include <vector>

#include "analysis/awards/evaluation.h"

namespace khaosat::awards {

// Duties of every unit that exists in the year, in order of the rule file, unit and criterion.
std::vector<Duty> duties_of(const Evaluation& evaluation);
// Regular reports counted per body, from the events of obligations with the trigger "event".
std::vector<ReportFactor> report_factors(const Evaluation& evaluation);

}  // namespace khaosat::awards
