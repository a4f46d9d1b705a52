#include "server/services/jury/duty_case.h"

#include <algorithm>

#include "server/services/jury/lost_points.h"

namespace khaosat {

bool gives_duties_only(const awards::RuleSet& rules) {
  return std::all_of(rules.awards.begin(), rules.awards.end(), [](const auto& award) { return award.is_check; });
}

DutyProgress duty_progress(const OpenedCase& opened, const std::vector<RemedyMeasure>& measures, const std::string& today) {
  DutyProgress progress;
  for (const auto& one : opened.hearings(today)) {
    progress.untold += one.state == HearingState::not_told ? 1 : 0;
    progress.running += one.state == HearingState::running ? 1 : 0;
  }
  for (const auto& lost : lost_criteria(opened.rebuilt->facts, opened.decision())) {
    const bool planned = std::any_of(measures.begin(), measures.end(), [&](const auto& one) { return one.criterion == lost.criterion; });
    progress.unplanned += planned ? 0 : 1;
  }
  progress.measures = measures.size();
  progress.settled = static_cast<std::size_t>(std::count_if(measures.begin(), measures.end(), [](const auto& one) { return one.is_settled(); }));
  return progress;
}

}  // namespace khaosat
