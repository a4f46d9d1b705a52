// THE LIST of the office's pages.
#pragma once

#include <vector>

#include "server/http/endpoint.h"
#include "server/pages/app.h"

namespace khaosat {

// `app` must outlive the routes. Use with RouterConfig::guard = staff_guard(app).
std::vector<Route> staff_routes(const App& app);

}  // namespace khaosat
