#include "analysis/disclosure/showable.h"

namespace khaosat::disclosure {
namespace {

// Null: the value of this node is told.
const char* why_not_told(const PublishedScore& score) {
  switch (score.state) {
    case PublishedState::value: return nullptr;
    case PublishedState::withheld: return "withheld";
    case PublishedState::missing: return "missing";
    case PublishedState::at_least:
    case PublishedState::at_most:
    case PublishedState::hidden: return "hidden_figure";
  }
  return "missing";
}

}  // namespace

ShowableUnits units_with_interval(const index::IndexRun& run, const PublishedRun& published, std::size_t node) {
  ShowableUnits result;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    const PublishedScore& told = published.units[unit].scores[node];
    const estimate::Estimate& estimate = run.units[unit].scores[node].estimate;
    const char* reason = run.units[unit].group ? "group" : why_not_told(told);
    if (reason == nullptr && told.n_high > 0 && told.n_low < told.n_high) reason = "too_few_respondents";
    // An error of 0 because everybody agreed is no certainty.
    if (reason == nullptr && (!told.lower || !estimate.standard_error || !(*estimate.standard_error > 0))) reason = "no_error";
    if (reason == nullptr) {
      result.units.push_back(unit);
    } else {
      result.left_out.push_back({run.units[unit].id, reason});
    }
  }
  return result;
}

ShowableUnits units_fully_shown(const index::IndexRun& run, const PublishedRun& published) {
  ShowableUnits result;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    const PublishedUnit& told = published.units[unit];
    const char* reason = run.units[unit].group ? "group" : why_not_told(told.scores.front());
    for (const PublishedScore& score : told.scores)
      if (reason == nullptr && (score.state == PublishedState::hidden || score.state == PublishedState::at_least ||
                                score.state == PublishedState::at_most))
        reason = "hidden_figure";
    if (reason == nullptr) {
      result.units.push_back(unit);
    } else {
      result.left_out.push_back({run.units[unit].id, reason});
    }
  }
  return result;
}

}  // namespace khaosat::disclosure
