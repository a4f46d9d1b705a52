#include "tests/bench/load_plan.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

namespace khaosat::bench {

std::vector<PlannedRequest> read_plan(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<PlannedRequest> plan;
  std::size_t length = 0;
  int status = 0;
  double pause_ms = 0;
  while (file >> length >> status >> pause_ms) {
    file.get();
    PlannedRequest request{std::string(length, '\0'), status, pause_ms / 1000};
    if (!file.read(request.bytes.data(), static_cast<std::streamsize>(length))) break;
    plan.push_back(std::move(request));
  }
  if (!file.eof() || plan.empty()) {
    std::fprintf(stderr, "load_client: %s holds no plan\n", path);
    std::exit(2);
  }
  return plan;
}

std::vector<double> arrival_times(std::size_t count, double seconds, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> times(count);
  for (auto& time : times) time = seconds * static_cast<double>(random() >> 11) * 0x1p-53;
  std::sort(times.begin(), times.end());
  return times;
}

}  // namespace khaosat::bench
