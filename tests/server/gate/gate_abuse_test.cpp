// Many or greedy clients on one server in this process. Slow clients by the thousand, where memory is
// measured too, are in gate_load_test.cpp.
#include <atomic>
#include <catch2/catch.hpp>

#include "tests/support/raw_client.h"
#include "tests/support/running_gate.h"

using namespace khaosat;
using namespace khaosat::test;
using namespace std::chrono_literals;

namespace {
std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }
GateCallbacks ok() {
  GateCallbacks callbacks;
  callbacks.handle = [](RawRequest) { return RawAnswer{}; };
  return callbacks;
}
}  // namespace

TEST_CASE("a thousand clients that connect at once are all answered") {
  RunningGate server({}, ok());
  std::vector<RawClient> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.emplace_back(server.port());
    REQUIRE(clients.back().is_open());
    REQUIRE(clients.back().send(get("/")));
  }
  int answered = 0;
  for (auto& client : clients) answered += client.receive().status == 200 ? 1 : 0;
  CHECK(answered == 1000);
}

TEST_CASE("two thousand submissions given up halfway leave the server as quick as before") {
  RunningGate server({}, ok());
  const std::string whole =
      "POST /submit HTTP/1.1\r\nHost: a\r\nContent-Length: 3000\r\n\r\n" + std::string(3000, 'x');
  for (int i = 0; i < 2000; ++i) {
    RawClient client(server.port());
    REQUIRE(client.is_open());
    // Some leave in the head, some in the body, some after sending everything.
    const std::size_t length = i % 3 == 0 ? 30 : i % 3 == 1 ? 1500 : whole.size();
    client.send(whole.substr(0, length));
    client.abort();
  }
  const auto start = std::chrono::steady_clock::now();
  CHECK(exchange(server.port(), get("/")).status == 200);
  CHECK(std::chrono::steady_clock::now() - start < 1s);
}

TEST_CASE("clients that vanish while their answer is made do no harm") {
  std::atomic<int> handled = 0;
  auto callbacks = ok();
  callbacks.handle = [&](RawRequest) {
    std::this_thread::sleep_for(20ms);
    ++handled;
    RawAnswer answer;
    answer.body = std::make_shared<const std::string>(std::string(1 << 20, 'x'));
    return answer;
  };
  RunningGate server({}, callbacks);
  for (int i = 0; i < 100; ++i) {
    RawClient client(server.port());
    client.send(get("/"));
    if (i % 2) client.abort();
  }
  CHECK(exchange(server.port(), get("/")).status == 200);
  const auto end = std::chrono::steady_clock::now() + 5s;
  while (handled < 101 && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
  CHECK(handled == 101);
  CHECK(server.gate().counters().aborted > 0);
}

TEST_CASE("bodies of many clients together stay within the buffer limit") {
  GateConfig config;
  config.max_buffered_bytes = 1 << 20;
  auto callbacks = ok();
  callbacks.allow_body = [](auto, auto) { return BodyAllowance{200000}; };
  RunningGate server(config, callbacks);
  std::vector<RawClient> clients;
  int refused = 0;
  for (int i = 0; i < 20; ++i) {
    clients.emplace_back(server.port());
    clients.back().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 150000\r\n\r\n" +
                        std::string(100000, 'x'));
  }
  for (auto& client : clients) {
    const auto response = client.receive(false, 200);
    if (response.status == 503) ++refused;
  }
  CHECK(refused >= 5);
  CHECK(refused < 20);
  // The others may go on, and finishing frees the room again.
  clients.clear();
  std::this_thread::sleep_for(50ms);
  CHECK(exchange(server.port(), get("/")).status == 200);
}
