#include "server/gate/worker_pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <stdexcept>

using namespace khaosat;

TEST_CASE("a full queue says so and leaves the request alone") {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<int> started = 0;
  WorkerPool pool(1, 2, [&](RawRequest) { ++started; gate.wait(); return RawAnswer{}; }, [] {});
  RawRequest request;
  REQUIRE(pool.try_submit(1, request));
  while (started == 0) std::this_thread::yield();
  RawRequest second, third, fourth;
  fourth.body = "kept";
  REQUIRE(pool.try_submit(2, second));
  REQUIRE(pool.try_submit(3, third));
  CHECK_FALSE(pool.try_submit(4, fourth));
  CHECK(fourth.body == "kept");
  CHECK(pool.queued() == 2);
  open.set_value();
}

TEST_CASE("every submitted request is answered and each batch wakes once") {
  std::atomic<int> wakes = 0;
  std::list<WorkerPool::Job> all;
  {
    WorkerPool pool(8, 1000, [](RawRequest request) {
      RawAnswer answer;
      answer.body = std::make_shared<const std::string>(request.body);
      return answer;
    }, [&] { ++wakes; });
    for (int i = 0; i < 500; ++i) {
      RawRequest request;
      request.body = std::to_string(i);
      REQUIRE(pool.try_submit(static_cast<std::uint64_t>(i), request));
    }
    while (all.size() < 500) {
      for (auto& finished : pool.take_finished()) all.push_back(std::move(finished));
    }
  }
  for (const auto& finished : all) CHECK(*finished.answer.body == std::to_string(finished.connection));
  CHECK(wakes >= 1);
}

TEST_CASE("what a handler throws becomes a closing 500") {
  for (const bool standard : {true, false}) {
    WorkerPool pool(1, 1, [standard](RawRequest) -> RawAnswer {
      if (standard) throw std::runtime_error("SELECT secret");
      throw 7;
    }, [] {});
    RawRequest request;
    REQUIRE(pool.try_submit(1, request));
    std::list<WorkerPool::Job> finished;
    while (finished.empty()) finished = pool.take_finished();
    CHECK(finished.front().answer.status == 500);
    CHECK(finished.front().answer.close_after);
    CHECK(finished.front().answer.headers.empty());
  }
}
