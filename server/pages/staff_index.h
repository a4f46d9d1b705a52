// Results of a closed campaign: the index of every unit, and of one unit down to its questions.
// Everything shown went through analysis/disclosure.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/index?model=sipas; campaign_not_closed before closing.
Result<HttpResponse> show_index(const App& app, const Request& request);
// GET /staff/campaigns/{id}/index/unit?model=sipas&unit=xa_na_phac_2025
Result<HttpResponse> show_index_of_unit(const App& app, const Request& request);
// GET /staff/campaigns/{id}/index/json and /csv: the published run as a file.
Result<HttpResponse> download_index(const App& app, const Request& request);
// POST /staff/campaigns/{id}/index: model. Keeps the published run as it stands.
Result<HttpResponse> keep_index(const App& app, const Request& request, const StaffForm& form);
// POST /staff/campaigns/{id}/index/kept/{record}/facts: its scores into the register of facts.
Result<HttpResponse> give_kept_index(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/index/kept/{record}: the file kept.
Result<HttpResponse> download_kept_index(const App& app, const Request& request);

}  // namespace khaosat
