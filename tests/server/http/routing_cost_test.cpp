// Not run by default: http_server_test "[cost]" prints what routing through the library costs, compared
// with applying the same patterns directly. Build with the release preset before quoting a figure.
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>

#include "server/http/library_router.h"
#include "server/http/path_pattern.h"
#include "server/http/server.h"

using namespace khaosat;

namespace {

template <typename Step>
double microseconds(Step step) {
  double best = 1e9;
  for (int round = 0; round < 9; ++round) {
    constexpr int kTimes = 3000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < kTimes; ++i) step();
    const std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - start;
    best = std::min(best, spent.count() / kTimes);
  }
  return best;
}

}  // namespace

TEST_CASE("what routing costs among forty routes", "[.][cost]") {
  std::vector<std::string> patterns;
  for (int i = 0; i < 39; ++i) patterns.push_back("/staff/page" + std::to_string(i) + "/([a-z0-9-]{1,64})");
  patterns.push_back("/s/([a-z0-9-]{1,64})");
  LibraryRouter library;
  std::vector<PathPattern> direct;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    library.add("GET", patterns[i], i);
    direct.push_back(PathPattern::create(patterns[i]).value());
  }
  std::size_t matched = 0;
  const LibraryRouter::OnMatch on_match = [&](std::size_t, std::vector<std::string>) { ++matched; };
  for (const std::string path : {"/staff/page0/ngan-son", "/s/ngan-son-2026"}) {
    const double through_library = microseconds([&] { library.dispatch("GET", path, on_match); });
    const double directly = microseconds([&] {
      for (const auto& pattern : direct) {
        if (pattern.matches(path)) break;
      }
    });
    std::cout << path << ": library " << through_library << " us, direct " << directly << " us\n";
  }
  CHECK(matched > 0);

  RouterConfig config;
  for (const auto& pattern : patterns) {
    config.routes.push_back({"GET", pattern, Access::everyone, 0,
                             [](const Request&) { return HttpResponse::html("x"); }, pattern});
  }
  const Router router = Router::create(std::move(config)).value();
  std::cout << "whole Router::handle, last route: " << microseconds([&] {
    RawRequest raw;
    raw.method = "GET";
    raw.path = "/s/ngan-son-2026";
    raw.headers = {{"host", "a"}, {"user-agent", "Mozilla/5.0"}, {"accept-language", "vi"}};
    router.handle(std::move(raw));
  }) << " us\n";
}
