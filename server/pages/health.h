// For machines that watch the server: is it ready, what has it counted. No word about respondents.
#pragma once

#include "base/result.h"
#include "server/gate/gate.h"
#include "server/http/response.h"
#include "server/pages/app.h"

namespace khaosat {

// 200 "ok" when the registry can be read; the error of the store otherwise.
Result<HttpResponse> show_health(const App& app);
// Prometheus text format, version 0.0.4.
Result<HttpResponse> show_metrics(const GateCounters& counters);

}  // namespace khaosat
