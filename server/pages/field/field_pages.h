// An interviewer's device: its home, what makes it installable, its form, its data. README.md of this
// folder says what travels where and what is kept.
#pragma once

#include <vector>

#include "server/http/endpoint.h"
#include "server/pages/field/field_frame.h"

namespace khaosat {

// GET /field/: the home, the same bytes for every device; the form for the code where there is no device.
Result<HttpResponse> show_field_home(const FieldApp& app, const Request& request);
// POST /field/enrol: `code`.
Result<HttpResponse> enrol_field(const FieldApp& app, const Request& request);
// GET /field/sw.js, manifest.webmanifest, icon.svg
Result<HttpResponse> show_field_worker(const FieldApp& app, const Request& request);
Result<HttpResponse> show_field_manifest(const FieldApp& app, const Request& request);
Result<HttpResponse> show_field_icon(const FieldApp& app, const Request& request);

// GET, POST /field/form: the questionnaire, the same bytes for every interview; without a script, step by step.
Result<HttpResponse> show_field_form(const FieldApp& app, const Request& request);
Result<HttpResponse> take_field_form(const FieldApp& app, const Request& request);

// GET /field/sheet: whom this device looks for, as JSON, kept by no cache.
Result<HttpResponse> show_field_sheet(const FieldApp& app, const Request& request);
// POST /field/answers, JSON: `_id` and either `sealed` (hex) or `plain`; `_slip` in place of one that was wrong.
// Answers {"khaosat":"field","id":…,"receipt":…} or {"khaosat":"field","id":…,"error":…,"sentence":…}.
Result<HttpResponse> take_field_answers(const FieldApp& app, const Request& request);
// POST /field/outcomes, JSON (read_field_report): answers with the sheet as it stands.
Result<HttpResponse> take_field_outcomes(const FieldApp& app, const Request& request);

// GET /field/list, POST /field/outcome: `person`, `outcome`, `language`, `helper`: the sheet without a script.
Result<HttpResponse> show_field_list(const FieldApp& app, const Request& request);
Result<HttpResponse> take_field_outcome(const FieldApp& app, const Request& request);

// THE LIST. What `app` refers to must outlive the routes.
std::vector<Route> field_routes(const FieldApp& app);

}  // namespace khaosat
