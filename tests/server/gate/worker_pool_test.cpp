#include "server/gate/worker_pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

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

namespace {

using Known = std::function<void(bool)>;

SharedBytes bytes(std::string text) { return std::make_shared<const std::string>(std::move(text)); }

// An answer that awaits whatever `begin` does.
Handled awaiting(std::function<void(Known)> begin) {
  auto awaited = std::make_unique<AwaitedAnswer>();
  awaited->begin = std::move(begin);
  awaited->expected.body = bytes("expected");
  awaited->otherwise = [] {
    RawAnswer answer;
    answer.status = 409;
    answer.body = bytes("otherwise");
    return answer;
  };
  return Handled(std::move(awaited));
}

std::list<WorkerPool::Job> all_of(WorkerPool& pool, std::size_t count) {
  std::list<WorkerPool::Job> all;
  while (all.size() < count) all.splice(all.end(), pool.take_finished());
  return all;
}

}  // namespace

TEST_CASE("an answer that awaits something goes out as expected, or is made anew, or is a 500") {
  struct Case {
    const char* what;
    std::function<void(Known)> begin;
    int status;
    std::string body;
  };
  const std::vector<Case> cases = {
      {"known at once", [](Known known) { known(true); }, 200, "expected"},
      {"known to differ at once", [](Known known) { known(false); }, 409, "otherwise"},
      {"known twice", [](Known known) { known(true); known(false); }, 200, "expected"},
      {"known elsewhere", [](Known known) { std::thread(std::move(known), true).detach(); }, 200, "expected"},
      {"dropped at once", [](Known) {}, 500, ""},
      {"dropped elsewhere", [](Known known) { std::thread([known = std::move(known)] {}).detach(); }, 500, ""},
      {"thrown before", [](Known) { throw std::runtime_error("no memory"); }, 500, ""},
      {"thrown after", [](Known known) { known(true); throw std::runtime_error("late"); }, 200, "expected"},
  };
  for (const auto& one : cases) {
    INFO(one.what);
    WorkerPool pool(2, 10, [&](RawRequest) { return awaiting(one.begin); }, [] {});
    RawRequest request;
    REQUIRE(pool.try_submit(1, request));
    const auto finished = all_of(pool, 1);
    CHECK(finished.front().answer.status == one.status);
    CHECK((finished.front().answer.body ? *finished.front().answer.body : "") == one.body);
  }
}

TEST_CASE("what throws while the other answer is made becomes a closing 500") {
  WorkerPool pool(1, 1, [](RawRequest) {
    Handled handled = awaiting([](Known known) { known(false); });
    handled.awaited->otherwise = []() -> RawAnswer { throw std::bad_alloc(); };
    return handled;
  }, [] {});
  RawRequest request;
  REQUIRE(pool.try_submit(1, request));
  const auto finished = all_of(pool, 1);
  CHECK(finished.front().answer.status == 500);
  CHECK(finished.front().answer.close_after);
}

TEST_CASE("what is awaited holds no thread, and the pool ends only when it is answered") {
  constexpr std::size_t kCount = 200;
  std::mutex mutex;
  std::vector<Known> waiting;
  std::atomic<int> made = 0;
  std::thread late;
  {
    WorkerPool pool(1, kCount, [&](RawRequest) {
      return awaiting([&](Known known) {
        const std::lock_guard lock(mutex);
        waiting.push_back(std::move(known));
      });
    }, [&] { ++made; });
    for (std::size_t i = 0; i < kCount; ++i) {
      RawRequest request;
      REQUIRE(pool.try_submit(i, request));
    }
    // One thread has begun them all.
    for (std::size_t begun = 0; begun < kCount;) {
      std::this_thread::yield();
      const std::lock_guard lock(mutex);
      begun = waiting.size();
    }
    late = std::thread([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      for (std::size_t i = 0; i < kCount; ++i) waiting[i](i % 2 == 0);
      waiting.clear();
    });
  }
  CHECK(made > 0);
  late.join();
}

TEST_CASE("a thread is added when all are held up, and only then") {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  std::atomic<std::size_t> held = 0;
  constexpr std::size_t kMost = 40;
  WorkerPool pool(kMost, 1000, [&](RawRequest) { ++held; gate.wait(); return RawAnswer{}; }, [] {});
  for (std::size_t i = 0; i < 100; ++i) {
    RawRequest request;
    REQUIRE(pool.try_submit(i, request));
  }
  const std::size_t usual = std::min<std::size_t>(kMost, std::thread::hardware_concurrency() + 1);
  while (held < usual) std::this_thread::yield();
  CHECK(pool.queued() == 100 - usual);
  while (held < kMost) pool.relieve();
  std::this_thread::sleep_for(2 * WorkerPool::kHeldUp);
  pool.relieve();
  CHECK(pool.queued() == 100 - kMost);
  open.set_value();
  CHECK(all_of(pool, 100).size() == 100);
}
