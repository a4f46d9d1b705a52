// What routing through the library costs, compared with applying the same patterns directly, among
// forty routes. One JSON object on standard output.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "server/http/endpoint.h"
#include "server/http/library_router.h"
#include "server/http/path_pattern.h"

using namespace khaosat;

namespace {

template <typename Step>
double microseconds(Step step) {
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    constexpr int kTimes = 1000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kTimes; ++i) step();
    const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / kTimes);
  }
  return best;
}

}  // namespace

int main() {
  std::vector<std::string> patterns;
  for (int i = 0; i < 39; ++i) patterns.push_back("/staff/page" + std::to_string(i) + "/([a-z0-9-]{1,64})");
  patterns.push_back("/s/([a-z0-9-]{1,64})");
  LibraryRouter library;
  std::vector<PathPattern> direct;
  RouterConfig config;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    library.add("GET", patterns[i], i);
    direct.push_back(PathPattern::create(patterns[i]).value());
    config.routes.push_back({"GET", patterns[i], Access::everyone, 0,
                             [](const Request&) { return HttpResponse::html("x"); }, patterns[i]});
  }
  const Router router = Router::create(std::move(config)).value();
  std::size_t matched = 0;
  const LibraryRouter::OnMatch on_match = [&](std::size_t, std::vector<std::string>) { ++matched; };
  const std::string path = "/s/ngan-son-2026";
  const std::string office = "/staff/page38/x";  // the last of those that begin alike
  const double through_library = microseconds([&] { library.dispatch("GET", path, on_match); });
  const double of_office = microseconds([&] { library.dispatch("GET", office, on_match); });
  const double directly = microseconds([&] {
    for (const auto& pattern : direct) {
      if (pattern.matches(office)) return;
    }
  });
  const double whole = microseconds([&] {
    RawRequest raw;
    raw.method = "GET";
    raw.path = path;
    raw.headers = {{"host", "a"}, {"user-agent", "Mozilla/5.0"}, {"accept-language", "vi"}};
    router.handle(std::move(raw));
  });
  const auto row = [](const char* what, double value, const char* comma) {
    std::printf("{\"what\": \"%s\", \"measured\": %.2f, \"unit\": \"us\"}%s", what, value, comma);
  };
  std::printf("{\"rows\": [");
  row("finding a citizen's route among forty through the library", through_library, ", ");
  row("finding the last of the office's 39", of_office, ", ");
  row("the same by the patterns alone", directly, ", ");
  row("a whole request through the router, nothing in the handler", whole, "");
  std::printf("]}\n");
  return matched > 0 ? 0 : 1;
}
