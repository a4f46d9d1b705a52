// Journal, personal facts, requests of those concerned.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/journal?action=…&before=N: newest first, and whether the chain holds.
Result<HttpResponse> show_journal(const App& app, const Request& request);
// GET /staff/privacy: requests with their clock, acts that wait for a second person, what is past its time.
Result<HttpResponse> show_privacy(const App& app, const Request& request);
// POST /staff/privacy/requests: right, reference, received. …/requests/ID: outcome.
Result<HttpResponse> receive_request(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> answer_request(const App& app, const Request& request, const StaffForm& form);
// POST /staff/privacy/acts: act (remove, hand_out), person or entries, act_reason. …/acts/ID: by a second account.
Result<HttpResponse> ask_act(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> confirm_act(const App& app, const Request& request, const StaffForm& form);

// What a page says of a file that names people: nobody asked, somebody waits for a second, or two may fetch it.
// `file` and `digest` as PersonalData::ask_file takes them; `action`: where the form that asks is sent.
Result<void> put_file_leave(View& view, const App& app, const Request& request, const std::string& file, const std::string& digest, const std::string& action);

}  // namespace khaosat
