// A case of a directive that gives duties and rewards nobody: no vote and no ruling end it, but what it asks
// for being done. Reckoned anew each time, from the case and its remedy plan.
#pragma once

#include <cstddef>
#include <string>

#include "server/services/jury/jury_book.h"
#include "server/services/jury/remedy_plan.h"

namespace khaosat {

struct DutyProgress {
  std::size_t untold = 0;     // persons not told yet
  std::size_t running = 0;    // told, neither answered nor out of time
  std::size_t unplanned = 0;  // criteria that lost points, without a measure
  std::size_t measures = 0;
  std::size_t settled = 0;    // of them, done or closed with a reason

  bool is_finished() const { return untold == 0 && running == 0 && unplanned == 0 && settled == measures; }
};

// Whether the directive, whatever the decision says, has no award to vote on.
bool gives_duties_only(const awards::RuleSet& rules);
// For a case of such a directive.
DutyProgress duty_progress(const OpenedCase& opened, const std::vector<RemedyMeasure>& measures, const std::string& today);

}  // namespace khaosat
