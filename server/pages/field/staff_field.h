// Pages of the office about the interviewers of one campaign: devices with their counts, a new code,
// revoking, taking in a rescued file.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/field
Result<HttpResponse> show_field_devices(const App& app, const Request& request);
// POST /staff/campaigns/{id}/field: label, places (repeated), draw (CSV text) or the file draw_file. Shows the code once.
Result<HttpResponse> invite_field_device(const App& app, const Request& request, const StaffForm& form);
// POST /staff/campaigns/{id}/field/{device}/revoke
Result<HttpResponse> revoke_field_device(const App& app, const Request& request, const StaffForm& form);
// POST /staff/campaigns/{id}/field/rescue: the file rescue_file as a device wrote it. Says how many were new.
Result<HttpResponse> take_rescued_file(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
