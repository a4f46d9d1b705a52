// GET / : the surveys that are open today.
#pragma once

#include "base/result.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/citizen_app.h"

namespace khaosat {

Result<HttpResponse> show_front_page(const CitizenApp& app, const Request& request);

}  // namespace khaosat
