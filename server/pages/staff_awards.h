// Awards: which directives there are, the form of an evaluation, what was kept.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/awards
Result<HttpResponse> show_awards(const App& app, const Request& request);
// GET /staff/awards/rules/{rule set}?unit=KEY or ?facts=RECORD
Result<HttpResponse> show_award_form(const App& app, const Request& request);
// POST /staff/awards/rules/{rule set}; fields: see README.md. `do` says what with the result:
// evaluate (the page), keep (a record "decision"), json (the bytes of the command line). The facts are
// kept as a record "facts" in any case.
Result<HttpResponse> evaluate_awards(const App& app, const Request& request, const StaffForm& form);
// GET /staff/awards/kept/{record}/now: what would be different with what is known today.
Result<HttpResponse> show_decision_now(const App& app, const Request& request);
// GET /staff/awards/kept/{record} and /json
Result<HttpResponse> show_kept_decision(const App& app, const Request& request);
Result<HttpResponse> download_kept_decision(const App& app, const Request& request);
Result<HttpResponse> ask_decision_file(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
