// Plans and acts as text: for storing and reading back, and for the digest of a closed year. The bytes
// depend on the content alone; what was written is read back exactly.
#pragma once

#include <string>
#include <string_view>

#include "analysis/scorecards/ledger.h"

namespace khaosat::scorecards {

std::string to_json(const YearPlan& plan);
std::string to_json(const Event& event);
// Faults carry JSON pointers. Meaning is not looked at; check() and Ledger::apply() do.
YearPlan read_year_plan(const std::string& file, std::string_view text, Faults& faults);
Event read_event(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat::scorecards
