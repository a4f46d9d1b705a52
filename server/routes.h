// THE LIST of pages: method, path, who may call, largest body, handler.
#pragma once

#include <functional>
#include <vector>

#include "server/gate/gate.h"
#include "server/http/endpoint.h"
#include "server/pages/app.h"

namespace khaosat {

// `app` must outlive the routes; `counters` is asked each time the metrics are read.
std::vector<Route> routes(const App& app, std::function<GateCounters()> counters);

}  // namespace khaosat
