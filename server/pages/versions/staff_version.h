// A newer version of the questionnaire for a campaign that runs.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/version: what would change, in words, and what forbids it. `?to=` a version.
Result<HttpResponse> show_newer_version(const App& app, const Request& request);
// POST: publishes it. Fields: to, reason, same (a question, several), confirm.
Result<HttpResponse> publish_newer_version(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
