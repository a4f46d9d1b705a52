// The views of a decision: tables at a glance, and the reasons of every candidate.
#pragma once

#include "analysis/awards/decision.h"
#include "analysis/awards/rule_set.h"
#include "server/html/view.h"
#include "server/pages/staff_session.h"

namespace khaosat {

// awards[heads, rows, selections], duties[], readings[], findings[], by_hand[].
void put_decision(View& view, const App& app, const Request& request, const awards::RuleSet& rules,
                  const awards::Decision& decision);

// One condition of a candidate with everything below it: verdict, shape, words, place, lines[] as
// templates/layout/reason_lines draws them. Files of evidence that are there are linked.
View reason_view(const App& app, const Request& request, const awards::RuleSet& rules, const awards::Decision& decision,
                 const awards::Reason& reason);
// "verdict" and "shape": its word and its mark; never colour alone.
void put_verdict(View& view, awards::Verdict verdict, const std::string& language);

}  // namespace khaosat
