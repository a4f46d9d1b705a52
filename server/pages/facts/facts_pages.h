// Pages of the register of facts. Routes are in staff_routes.cpp; fields of the forms in README.md.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/facts?unit=KEY&year=YYYY: what is there and what is missing, per kind.
Result<HttpResponse> show_facts(const App& app, const Request& request);
// GET /staff/facts/kind/NAME?unit=KEY&year=YYYY: the entries of a kind.
Result<HttpResponse> show_fact_kind(const App& app, const Request& request);
// GET /staff/facts/entry/N: one entry with all that came before and after it.
Result<HttpResponse> show_fact_entry(const App& app, const Request& request);
// GET and POST /staff/facts/new/NAME
Result<HttpResponse> show_fact_form(const App& app, const Request& request);
Result<HttpResponse> add_fact(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/facts/entry/N/correct
Result<HttpResponse> show_correction(const App& app, const Request& request);
Result<HttpResponse> correct_fact(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/facts/import
Result<HttpResponse> show_fact_import(const App& app, const Request& request);
Result<HttpResponse> import_facts(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/facts/complete
Result<HttpResponse> show_completion(const App& app, const Request& request);
Result<HttpResponse> declare_complete(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/facts/subjects: bodies and persons; GET /staff/facts/units: units through time.
Result<HttpResponse> show_subjects(const App& app, const Request& request);
Result<HttpResponse> add_subject(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> show_units(const App& app, const Request& request);
// GET /staff/facts/evidence/DIGEST
Result<HttpResponse> download_evidence(const App& app, const Request& request);

}  // namespace khaosat
