#include "server/pages/health.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <string>

#include "server/services/space_watch.h"
#include "server/storage/store.h"

namespace khaosat {

namespace {

constexpr std::uint64_t kStep = 5;
// With less room than this, a commit that failed for want of room would fail again.
constexpr std::uint64_t kRoomToGoOn = 64'000'000;
constexpr std::chrono::seconds kTroubleIsNews{60};

std::uint64_t in_steps(std::uint64_t count) { return count - count % kStep; }

class Text {
 public:
  void begin(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = "khaosat_" + std::string(name);
    text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help, kind);
  }
  template <typename Number>
  void value(Number number, std::string_view labels = {}, std::string_view suffix = {}) {
    text_ += fmt::format("{}{}{}{}{} {}\n", name_, suffix, labels.empty() ? "" : "{", labels, labels.empty() ? "" : "}", number);
  }
  template <typename Number>
  void one(std::string_view name, std::string_view kind, std::string_view help, Number number) {
    begin(name, kind, help);
    value(number);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

void write_gate(Text& text, const GateCounters& gate) {
  text.one("connections_accepted_total", "counter", "Connections accepted, in steps of 5.", in_steps(gate.accepted));
  text.one("connections_open", "gauge", "Connections open now, rounded down to 5.", in_steps(gate.open));
  text.one("connections_evicted_total", "counter", "Idle connections closed to make room.", gate.evicted);
  text.one("downloads_cut_short_total", "counter", "Downloads whose file ended before its time or could not be read.", gate.cut_short);
  text.one("requests_handled_total", "counter", "Requests given to workers, in steps of 5.", in_steps(gate.handed_on));
  text.one("requests_aborted_total", "counter", "Clients gone before their answer was complete, in steps of 5.",
           in_steps(gate.aborted));
  text.one("requests_timed_out_total", "counter", "Deadlines that passed in the middle of a request.", gate.timed_out);
  text.one("requests_queued", "gauge", "Requests waiting for a worker.", gate.queued);
  text.begin("answers_total", "counter", "HTTP answers by status, refusals of the gate included; below 500 in steps of 5.");
  for (const auto& [status, count] : gate.answers) {
    text.value(status < 500 ? in_steps(count) : count, fmt::format("status=\"{}\"", status));
  }
}

void write_routes(Text& text, const std::vector<RouteCount>& routes) {
  // Routes may share a name: two patterns of one page.
  std::map<std::string, std::uint64_t> sums;
  for (const auto& route : routes) {
    for (std::size_t digit = 1; digit < route.answers.size(); ++digit) {
      if (route.answers[digit] == 0) continue;
      const bool exact = digit == 5 || route.access != Access::everyone;
      sums[fmt::format("route=\"{}\",method=\"{}\",status=\"{}xx\"", route.name, route.method, digit)] +=
          exact ? route.answers[digit] : in_steps(route.answers[digit]);
    }
  }
  text.begin("requests_total", "counter", "Requests by page and class of status; of pages open to everybody, below 500, in steps of 5.");
  for (const auto& [labels, count] : sums) text.value(count, labels);
}

void write_commits(Text& text, const StoreMeasures& now, ShownCommits& commits) {
  text.one("store_writes_waiting", "gauge", "Writes waiting for the disk.", now.waiting);
  text.one("store_commit_failures_total", "counter", "Commits that failed.", now.failures);
  const std::lock_guard lock(commits.mutex);
  if (now.commits >= commits.shown.commits + kStep) commits.shown = now;
  const StoreMeasures& shown = commits.shown;
  text.begin("store_commit_seconds", "histogram", "Times of commits; moves on after every fifth.");
  for (std::size_t i = 0; i < kCommitBounds.size(); ++i) {
    text.value(shown.within[i], fmt::format("le=\"{}\"", kCommitBounds[i]), "_bucket");
  }
  text.value(shown.commits, "le=\"+Inf\"", "_bucket");
  text.value(shown.commit_seconds, {}, "_sum");
  text.value(shown.commits, {}, "_count");
}

std::uint64_t resident_bytes() {
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// What is wrong now, if anything.
std::optional<ErrorCode> trouble_of(const App& app) {
  const auto accounts = app.store.registry().accounts();
  if (!accounts) return accounts.error().code;
  const auto measures = app.store.measures();
  if (!measures.trouble) return std::nullopt;
  const auto room = app.space ? app.space->free_bytes() : std::nullopt;
  const bool goes_on = measures.trouble == ErrorCode::storage_full && room && *room < kRoomToGoOn;
  // Nobody may have sent anything since; an old failure alone proves nothing.
  if (goes_on || measures.trouble_age < kTroubleIsNews) return measures.trouble;
  return std::nullopt;
}

}  // namespace

HttpResponse show_health(const App& app) {
  if (const auto trouble = trouble_of(app)) return HttpResponse::text(std::string(name_of(*trouble)) + "\n", 503);
  if (app.space && app.space->is_low()) return HttpResponse::text("low_space\n");
  return HttpResponse::text("ok\n");
}

HttpResponse show_metrics(const App& app, const ServerCounters& counters, ShownCommits& commits) {
  Text text;
  write_gate(text, counters.gate);
  write_routes(text, counters.routes);
  write_commits(text, app.store.measures(), commits);
  text.one("healthy", "gauge", "1 while nothing is known to be wrong.", trouble_of(app) ? 0 : 1);
  text.one("resident_bytes", "gauge", "Memory of the program.", resident_bytes());
  if (app.space) {
    if (const auto free = app.space->free_bytes()) {
      text.one("disk_free_bytes", "gauge", "Room on the disk of the data folder.", *free);
    }
    text.one("disk_low", "gauge", "1 while less is free than the option low_space says.", app.space->is_low() ? 1 : 0);
  }
  HttpResponse response = HttpResponse::text(text.take());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

}  // namespace khaosat
