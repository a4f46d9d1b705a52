// Load on a server of this machine, bounded in count and time. One JSON object on standard output.
//
//   load_client closed PORT PLAN CLIENTS SECONDS [repeat]
//   load_client open PORT PLAN SESSIONS REQUESTS_PER_SESSION SECONDS SEED
//
// PLAN as load_plan.h says. The client drains what is under way before it closes anything.
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/bench/load_run.h"

using namespace khaosat::bench;

namespace {

double quantile(const std::vector<double>& sorted, double share) {
  return sorted.empty() ? 0 : sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void print(LoadResult result) {
  std::sort(result.waits.begin(), result.waits.end());
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  std::printf("{\"seconds\": %.4f, \"right\": %zu, \"per_second\": %.1f, \"sent\": %llu, \"unexpected\": %llu, \"statuses\": {",
              result.seconds, result.waits.size(), static_cast<double>(result.waits.size()) / std::max(result.seconds, 1e-9),
              number(result.sent), number(result.unexpected));
  const char* comma = "";
  for (const auto& [status, count] : result.statuses) {
    std::printf("%s\"%d\": %llu", comma, status, number(count));
    comma = ", ";
  }
  std::printf("}, \"connections\": {\"opened\": %llu, \"served\": %llu, \"refused\": %llu, \"broken\": %llu, \"never_answered\": %llu}",
              number(result.opened), number(result.served), number(result.refused), number(result.broken),
              number(result.never_answered));
  std::printf(", \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"worst_ms\": %.3f, \"client_cpu_s\": %.3f}\n",
              quantile(result.waits, 0.5), quantile(result.waits, 0.9), quantile(result.waits, 0.99),
              quantile(result.waits, 1), seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

int usage() {
  std::fputs("usage: load_client closed PORT PLAN CLIENTS SECONDS [repeat]\n"
             "       load_client open PORT PLAN SESSIONS REQUESTS_PER_SESSION SECONDS SEED\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) return usage();
  LoadSetting setting;
  setting.port = static_cast<std::uint16_t>(std::atoi(argv[2]));
  const auto plan = read_plan(argv[3]);
  const auto count = static_cast<std::size_t>(std::clamp(std::atoi(argv[4]), 1, 20000));
  if (std::strcmp(argv[1], "closed") == 0) {
    setting.clients = count;
    setting.seconds = std::clamp(std::atof(argv[5]), 0.01, 120.0);
    setting.repeat = argc > 6 && std::strcmp(argv[6], "repeat") == 0;
  } else if (std::strcmp(argv[1], "open") == 0 && argc == 8) {
    setting.per_session = static_cast<std::size_t>(std::clamp(std::atoi(argv[5]), 1, 100));
    if (plan.size() % setting.per_session != 0) return usage();
    setting.arrivals = arrival_times(count, std::clamp(std::atof(argv[6]), 0.01, 300.0), static_cast<unsigned>(std::atoi(argv[7])));
  } else {
    return usage();
  }
  print(run_load(plan, setting));
  return 0;
}
