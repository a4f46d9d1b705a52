// Pages of the office about the tablets of one campaign: which there are, a new code, revoking.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/kiosks
Result<HttpResponse> show_kiosks(const App& app, const Request& request);
// POST /staff/campaigns/{id}/kiosks: place. Shows code and PIN, this once.
Result<HttpResponse> invite_kiosk(const App& app, const Request& request, const StaffForm& form);
// POST /staff/campaigns/{id}/kiosks/{kiosk}/revoke
Result<HttpResponse> revoke_kiosk(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
