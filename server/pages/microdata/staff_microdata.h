// Microdata of a closed campaign: asking, deciding by somebody else, fetching the files.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/microdata: what was asked so far, and the form to ask.
Result<HttpResponse> show_microdata(const App& app, const Request& request);
// POST there: purpose, recipient, traits (repeated). Leads to the request's page.
Result<HttpResponse> ask_microdata(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/microdata/{request}
Result<HttpResponse> show_microdata_act(const App& app, const Request& request);
// POST …/approve with confirm = yes; POST …/refuse with reason.
Result<HttpResponse> approve_microdata(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> refuse_microdata(const App& app, const Request& request, const StaffForm& form);
// GET …/files/{name}
Result<HttpResponse> fetch_microdata(const App& app, const Request& request);

}  // namespace khaosat
