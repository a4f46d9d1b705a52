// The views of a decision: tables at a glance, and the reasons of every candidate.
#pragma once

#include "analysis/awards/decision.h"
#include "analysis/awards/rule_set.h"
#include "server/pages/staff_session.h"

namespace khaosat {

// awards[heads, rows, selections], duties[], readings[], findings[], by_hand[].
void put_decision(View& view, const App& app, const Request& request, const awards::RuleSet& rules,
                  const awards::Decision& decision);

}  // namespace khaosat
