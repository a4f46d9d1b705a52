// The way in and out: the first account, signing in, signing out.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/staff_session.h"

namespace khaosat {

// GET /setup?token=…; setup_link_refused once there is an account.
Result<HttpResponse> show_setup(const App& app, const Request& request);
// POST /setup: token, name, display_name, password, password_again.
Result<HttpResponse> do_setup(const App& app, const Request& request);

// GET /staff/sign-in?next=…
Result<HttpResponse> show_sign_in(const App& app, const Request& request);
// POST /staff/sign-in: name, password, next.
Result<HttpResponse> do_sign_in(const App& app, const Request& request);
// GET /staff/session: {"csrf", "left": seconds until one has to sign in again}. Being asked counts as work.
Result<HttpResponse> show_session(const App& app, const Request& request);
// POST /staff/sign-out
Result<HttpResponse> do_sign_out(const App& app, const Request& request);

}  // namespace khaosat
