// Pages of the scorecards. Routes are in staff_routes.cpp; fields of the forms in README.md.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// How many things wait for whoever looks, in all years.
Result<std::size_t> scorecards_waiting(const App& app, const Request& request);
// GET /staff/scorecards: years, and what waits for whoever looks.
Result<HttpResponse> show_scorecards(const App& app, const Request& request);
// GET /staff/scorecards/new, then with ?set=…&unit=…&year=…; POST /staff/scorecards
Result<HttpResponse> show_new_scorecard(const App& app, const Request& request);
Result<HttpResponse> open_scorecard(const App& app, const Request& request, const StaffForm& form);
// GET /staff/scorecards/ID: the tree with points, bodies, states and deadlines.
Result<HttpResponse> show_scorecard(const App& app, const Request& request);
// GET and POST /staff/scorecards/ID/plan: who answers for what, and by when.
Result<HttpResponse> show_scorecard_plan(const App& app, const Request& request);
Result<HttpResponse> change_scorecard_plan(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/scorecards/ID/items/ITEM: one item, its acts and its history.
Result<HttpResponse> show_scorecard_item(const App& app, const Request& request);
Result<HttpResponse> act_on_scorecard_item(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/scorecards/ID/close
Result<HttpResponse> show_scorecard_closing(const App& app, const Request& request);
Result<HttpResponse> close_scorecard(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/scorecards/ID/facts: a closed year's points for the register of facts.
Result<HttpResponse> show_scorecard_facts(const App& app, const Request& request);
Result<HttpResponse> give_scorecard_facts(const App& app, const Request& request, const StaffForm& form);
// GET /staff/scorecards/ID/evidence/DIGEST
Result<HttpResponse> download_scorecard_evidence(const App& app, const Request& request);

// GET /staff/scorecards/import and POST: a year from a workbook, or from tables named after its sheets.
Result<HttpResponse> show_scorecard_import(const App& app, const Request& request);
Result<HttpResponse> import_scorecard(const App& app, const Request& request, const StaffForm& form);
// GET /staff/scorecards/blank/SET: a workbook to fill in
Result<HttpResponse> download_blank_scorecard(const App& app, const Request& request);
// GET /staff/scorecards/ID/file/xlsx and …/file/csv/SHEET
Result<HttpResponse> download_scorecard(const App& app, const Request& request);
// The points alone, without names.
Result<HttpResponse> download_points(const App& app, const Request& request);
Result<HttpResponse> ask_scorecard_file(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
