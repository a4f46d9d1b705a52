// A new campaign: the form, what was typed into it, the draft it makes. Officers only.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns
Result<HttpResponse> show_campaigns(const App& app, const Request& request);
// GET /staff/campaigns/new
Result<HttpResponse> show_new_campaign(const App& app, const Request& request);
// POST /staff/campaigns; fields: see README.md. On success a redirect to the campaign; with faults
// the same page, filled in as it was, and every fault at its field.
Result<HttpResponse> create_campaign(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
