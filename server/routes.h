// THE LIST of pages: method, path, who may call, largest body, handler.
#pragma once

#include <functional>
#include <vector>

#include "server/http/endpoint.h"
#include "server/pages/app.h"
#include "server/pages/health.h"

namespace khaosat {

// `app` must outlive the routes; `counters` is asked each time the metrics are read.
std::vector<Route> routes(const App& app, std::function<ServerCounters()> counters);

// Refusals look like the pages they stand for: the office's, or the citizens'.
std::function<HttpResponse(const Error&, const Request&)> error_pages(const App& app);

}  // namespace khaosat
