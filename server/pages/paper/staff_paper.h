// Paper in the office: printing, handing out, accounting for every form, error rates.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/paper: campaigns to key in, questionnaires to print.
Result<HttpResponse> show_paper_overview(const App& app, const Request& request);
// GET /staff/paper/{questionnaire}/{version}: a specimen. `?lang=`
Result<HttpResponse> print_specimen(const App& app, const Request& request);

// GET /staff/campaigns/{id}/paper
Result<HttpResponse> show_paper(const App& app, const Request& request);
// POST /staff/campaigns/{id}/paper/batches: psu, forms, language
Result<HttpResponse> hand_out_paper(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/paper/batches/{number}: all its forms to print
Result<HttpResponse> print_batch(const App& app, const Request& request);
// GET /staff/campaigns/{id}/paper/batches/{number}/list: to sign when handing out
Result<HttpResponse> show_handing_out(const App& app, const Request& request);
// POST /staff/campaigns/{id}/paper/share: share
Result<HttpResponse> set_paper_share(const App& app, const Request& request, const StaffForm& form);
// POST /staff/campaigns/{id}/paper/account: serials (any white space between), fate
Result<HttpResponse> account_for_paper(const App& app, const Request& request, const StaffForm& form);

// What a campaign's paper says in the way of closing; empty when all is accounted for.
Result<std::string> paper_warning(const App& app, const Request& request, const Campaign& campaign);

}  // namespace khaosat
