// The first page after signing in: what runs, and where to go next.
#pragma once

#include "server/html/view.h"
#include "server/pages/staff_session.h"
#include "server/survey/campaign.h"

namespace khaosat {

// GET /staff
Result<HttpResponse> show_overview(const App& app, const Request& request);

// A line per campaign for lists: title, href, state in words, dates.
View campaign_row(const App& app, const Request& request, const Campaign& campaign);

}  // namespace khaosat
