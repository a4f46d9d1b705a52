#include "server/pages/health.h"

#include <string>

#include "server/storage/store.h"

namespace khaosat {

namespace {

void metric(std::string& text, std::string_view name, std::string_view kind, std::string_view help,
            std::uint64_t value) {
  const std::string full = "khaosat_" + std::string(name);
  text += "# HELP " + full + " " + std::string(help) + "\n# TYPE " + full + " " + std::string(kind) + "\n" +
          full + " " + std::to_string(value) + "\n";
}

}  // namespace

Result<HttpResponse> show_health(const App& app) {
  TRY(app.store.registry().accounts());
  return HttpResponse::text("ok\n");
}

Result<HttpResponse> show_metrics(const GateCounters& counters) {
  std::string text;
  metric(text, "connections_accepted_total", "counter", "Connections accepted.", counters.accepted);
  metric(text, "connections_open", "gauge", "Connections open now.", counters.open);
  metric(text, "connections_evicted_total", "counter", "Idle connections closed to make room.", counters.evicted);
  metric(text, "requests_handled_total", "counter", "Requests given to workers.", counters.handed_on);
  metric(text, "requests_aborted_total", "counter", "Clients gone before their answer was complete.", counters.aborted);
  metric(text, "requests_timed_out_total", "counter", "Deadlines that passed in the middle of a request.", counters.timed_out);
  metric(text, "requests_queued", "gauge", "Requests waiting for a worker.", counters.queued);
  text += "# HELP khaosat_answers_total Answers by status.\n# TYPE khaosat_answers_total counter\n";
  for (const auto& [status, count] : counters.answers) {
    text += "khaosat_answers_total{status=\"" + std::to_string(status) + "\"} " + std::to_string(count) + "\n";
  }
  HttpResponse response = HttpResponse::text(std::move(text));
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace khaosat
