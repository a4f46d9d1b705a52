// For machines that watch the server: is it well, what has it counted. No word about respondents.
#pragma once

#include <mutex>
#include <vector>

#include "base/result.h"
#include "server/gate/gate.h"
#include "server/http/endpoint.h"
#include "server/pages/app.h"
#include "server/storage/store_measures.h"

namespace khaosat {

struct ServerCounters {
  GateCounters gate;
  std::vector<RouteCount> routes;
};

// What was shown of the commits last time. Thread safe.
struct ShownCommits {
  std::mutex mutex;
  StoreMeasures shown;
};

// One word: "ok", 200 · "low_space", 200: all works, but the disk fills up · 503 and a name from
// base/error_codes.h: the newest commit failed (storage_full …), or the registry cannot be read.
HttpResponse show_health(const App& app);

// Prometheus text format, version 0.0.4. What goes up with each citizen goes up in steps of five here,
// as participation does everywhere before closing: an exact counter read every second would be a
// record of when each answer came. Errors and what the office does are exact.
HttpResponse show_metrics(const App& app, const ServerCounters& counters, ShownCommits& commits);

}  // namespace khaosat
