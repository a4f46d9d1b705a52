// Keying in paper forms, with the keyboard alone: one screen for each page of the paper, its fields in
// the paper's order. Plain forms; web/js/paper_entry.js only moves on by itself.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/campaigns/{id}/paper/entry: type or scan a serial number. `?done=` and `?as=` say what
// became of the last one.
Result<HttpResponse> show_paper_entry(const App& app, const Request& request);
// POST: serial, page (0, 1, …), _do (open, next, back, spoiled), _consent, _slip, and every field
// keyed so far under its name. 422 with the page as it was when a field cannot be right.
Result<HttpResponse> take_paper_entry(const App& app, const Request& request, const StaffForm& form);

// GET and POST /staff/campaigns/{id}/paper/cases/{number}: both entries where they differ; `take.FIELD`
// is first, second or other, `other.FIELD` the keys then.
Result<HttpResponse> show_paper_case(const App& app, const Request& request);
Result<HttpResponse> settle_paper_case(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
