#include "base/repeater.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <new>
#include <stdexcept>

using namespace khaosat;
using namespace std::chrono_literals;

TEST_CASE("work that throws, whatever it throws, comes round again") {
  std::atomic<int> calls = 0;
  const Repeater repeater(1ms, [&] {
    switch (calls++) {
      case 0: throw std::bad_alloc();
      case 1: throw std::runtime_error("no such column: secret");
      case 2: throw 7;
      default: break;
    }
  });
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (calls < 5 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  CHECK(calls >= 5);
}

TEST_CASE("a repeater ends at once while it pauses, and waits for work under way") {
  std::atomic<bool> too_early = false;
  const auto begin = std::chrono::steady_clock::now();
  { const Repeater idle(1h, [&] { too_early = true; }); }
  CHECK(std::chrono::steady_clock::now() - begin < 60s);
  CHECK_FALSE(too_early);
  std::atomic<bool> begun = false, inside = false;
  {
    const Repeater busy(1ms, [&] {
      inside = begun = true;
      std::this_thread::sleep_for(20ms);
      inside = false;
    });
    while (!begun) std::this_thread::yield();
  }
  CHECK_FALSE(inside);
}
