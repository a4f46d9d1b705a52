// Counts of the population that a campaign's weights will follow: handed in before it closes, settled after;
// and what a result says of them.
#pragma once

#include "analysis/disclosure/published_run.h"
#include "server/html/view.h"
#include "server/pages/staff_session.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// GET /staff/campaigns/{id}/population
Result<HttpResponse> show_population(const App& app, const Request& request);
// POST: table_file or table, or withdraw=yes.
Result<HttpResponse> take_population(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/population/table: what was handed in, or a table to fill in.
Result<HttpResponse> download_population(const App& app, const Request& request);

// For pages with the table of units: layout/staff_calibration.
void put_calibration(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run, const Questionnaire& questionnaire);

}  // namespace khaosat
