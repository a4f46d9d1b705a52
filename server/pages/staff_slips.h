// Slips, made and printed in one act: their codes are shown on this page and nowhere else, ever.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// POST /staff/campaigns/{id}/slips: address, the web address citizens use ("https://khaosat.example").
// Answers with the sheets to print. A second call is refused (already_exists).
Result<HttpResponse> make_slips(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
