// Who may work here: list, further accounts, switching off. Administrators only.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/accounts
Result<HttpResponse> show_accounts(const App& app, const Request& request);
// POST /staff/accounts: name, display_name, role, password, password_again.
Result<HttpResponse> create_account(const App& app, const Request& request, const StaffForm& form);
// POST /staff/accounts/{name}/active: active = yes | no. Nobody switches off themselves.
Result<HttpResponse> switch_account(const App& app, const Request& request, const StaffForm& form);

}  // namespace khaosat
