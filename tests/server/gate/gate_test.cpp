#include "server/gate/gate.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/support/raw_client.h"
#include "tests/support/running_gate.h"

using namespace khaosat;
using namespace khaosat::test;
using namespace std::chrono_literals;

namespace {

// Answers with method, path and body, so that mixed-up requests show.
GateCallbacks echo() {
  GateCallbacks callbacks;
  callbacks.handle = [](RawRequest request) {
    RawAnswer answer;
    answer.headers.emplace_back("X-Loopback", request.is_loopback ? "yes" : "no");
    answer.body = std::make_shared<const std::string>(request.method + " " + request.path + " " +
                                                      request.body);
    return answer;
  };
  return callbacks;
}

std::string get(const std::string& path, const std::string& headers = "") {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}
std::string post(const std::string& path, const std::string& body) {
  return "POST " + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

template <typename Condition>
bool eventually(Condition condition, std::chrono::milliseconds limit = 5s) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

}  // namespace

TEST_CASE("many requests on one connection are answered in order") {
  RunningGate server({}, echo());
  RawClient client(server.port());
  for (int i = 0; i < 200; ++i) {
    REQUIRE(client.send(i % 2 ? post("/p", std::to_string(i)) : get("/g" + std::to_string(i))));
    const auto response = client.receive();
    REQUIRE(response.status == 200);
    CHECK(response.body == (i % 2 ? "POST /p " + std::to_string(i) : "GET /g" + std::to_string(i) + " "));
    CHECK(response.header("connection") == "keep-alive");
    CHECK(response.header("x-loopback") == "yes");
  }
  CHECK(server.gate().counters().accepted == 1);
}

TEST_CASE("pipelined requests are answered in order and none is lost") {
  RunningGate server({}, echo());
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 300; ++i) all += post("/p" + std::to_string(i), std::string(i, 'x'));
  REQUIRE(client.send(all));
  for (int i = 0; i < 300; ++i) {
    const auto response = client.receive();
    REQUIRE(response.status == 200);
    REQUIRE(response.body == "POST /p" + std::to_string(i) + " " + std::string(i, 'x'));
  }
}

TEST_CASE("a body that looks like a request is only a body") {
  RunningGate server({}, echo());
  RawClient client(server.port());
  const std::string hidden = get("/admin/delete");
  REQUIRE(client.send(post("/a", hidden)));
  CHECK(client.receive().body == "POST /a " + hidden);
  REQUIRE(client.send(get("/b")));
  CHECK(client.receive().body == "GET /b ");
  CHECK(server.gate().counters().handed_on == 2);
}

TEST_CASE("after a refusal nothing more is read as a request") {
  std::atomic<int> handled = 0;
  auto callbacks = echo();
  callbacks.handle = [&](RawRequest) { ++handled; return RawAnswer{}; };
  RunningGate server({}, callbacks);
  const std::string bad[] = {
      "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  };
  for (const auto& bytes : bad) {
    RawClient client(server.port());
    REQUIRE(client.send(bytes + get("/admin/delete")));
    const auto response = client.receive();
    CHECK(response.status >= 400);
    CHECK(response.header("connection") == "close");
    CHECK(client.is_closed_by_server());
  }
  CHECK(handled == 0);
}

TEST_CASE("HEAD gets the head alone and the connection stays usable") {
  RunningGate server({}, echo());
  RawClient client(server.port());
  REQUIRE(client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n" + get("/y")));
  const auto head = client.receive(true);
  CHECK(head.status == 200);
  CHECK(head.header("content-length") == "8");
  CHECK(client.receive().body == "GET /y ");
}

TEST_CASE("Connection: close and HTTP/1.0 end the connection after the answer") {
  RunningGate server({}, echo());
  for (const std::string& request :
       {get("/", "Connection: close\r\n"), std::string("GET / HTTP/1.0\r\nHost: a\r\n\r\n")}) {
    RawClient client(server.port());
    REQUIRE(client.send(request));
    const auto response = client.receive();
    CHECK(response.status == 200);
    CHECK(response.header("connection") == "close");
    CHECK(client.is_closed_by_server());
  }
}

TEST_CASE("a client that has finished sending still gets its answer") {
  auto callbacks = echo();
  callbacks.handle = [](RawRequest) { std::this_thread::sleep_for(50ms); return RawAnswer{}; };
  RunningGate server({}, callbacks);
  RawClient client(server.port());
  REQUIRE(client.send(get("/")));
  client.finish_sending();
  CHECK(client.receive().status == 200);
}

TEST_CASE("a large answer reaches a client that reads slowly") {
  const auto large = std::make_shared<const std::string>(std::string(8 << 20, 'z'));
  auto callbacks = echo();
  callbacks.handle = [&](RawRequest) { RawAnswer answer; answer.body = large; return answer; };
  RunningGate server({}, callbacks);
  RawClient client(server.port());
  REQUIRE(client.send(get("/a") + get("/b")));
  std::this_thread::sleep_for(100ms);
  CHECK(client.receive().body == *large);
  CHECK(client.receive().body == *large);
}

TEST_CASE("a body above the route's limit is refused before it is read") {
  auto callbacks = echo();
  callbacks.allow_body = [](std::string_view method, std::string_view path) {
    return BodyAllowance{method == "POST" && path == "/large" ? std::size_t{100000} : std::size_t{10}};
  };
  RunningGate server({}, callbacks);
  CHECK(exchange(server.port(), post("/small", std::string(10, 'x'))).status == 200);
  CHECK(exchange(server.port(), "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n").status == 413);
  CHECK(exchange(server.port(), post("/large", std::string(100000, 'x'))).status == 200);
}

TEST_CASE("a refused client that goes on sending can read why") {
  RunningGate server({}, echo());
  RawClient client(server.port());
  REQUIRE(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n"));
  for (int i = 0; i < 40; ++i) client.send(std::string(100000, 'x'));
  CHECK(client.receive().status == 413);
}

TEST_CASE("refusals look as the owner of the gate wants") {
  auto callbacks = echo();
  callbacks.refusal = [](int status, bool) {
    RawAnswer answer;
    answer.headers.emplace_back("Content-Type", "text/plain");
    answer.body = std::make_shared<const std::string>("refused " + std::to_string(status));
    return answer;
  };
  RunningGate server({}, callbacks);
  const auto response = exchange(server.port(), "nonsense\r\n\r\n");
  CHECK(response.status == 400);
  CHECK(response.body == "refused 400");
  CHECK(response.header("content-type") == "text/plain");
}

TEST_CASE("each deadline is a total") {
  GateConfig config;
  config.head_time = 300ms;
  config.idle_time = 300ms;
  auto callbacks = echo();
  callbacks.allow_body = [](auto, auto) { return BodyAllowance{1000, 300ms}; };
  RunningGate server(config, callbacks);

  SECTION("a silent newcomer is let go without a word") {
    RawClient client(server.port());
    CHECK(client.is_closed_by_server(2000));
  }
  SECTION("a finished client is let go after the idle time") {
    RawClient client(server.port());
    REQUIRE(client.send(get("/")));
    CHECK(client.receive().status == 200);
    CHECK(client.is_closed_by_server(2000));
  }
  SECTION("a head that drips is refused although every byte is in time") {
    RawClient client(server.port());
    const auto start = std::chrono::steady_clock::now();
    const std::string head = get("/", "X: " + std::string(200, 'x') + "\r\n");
    for (const char c : head) {
      if (!client.send(std::string(1, c))) break;
      if (std::chrono::steady_clock::now() - start > 600ms) break;
      std::this_thread::sleep_for(10ms);
    }
    CHECK(client.receive().status == 408);
  }
  SECTION("a body that drips is refused likewise") {
    RawClient client(server.port());
    REQUIRE(client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n"));
    for (int i = 0; i < 60; ++i) {
      if (!client.send("x")) break;
      std::this_thread::sleep_for(10ms);
    }
    CHECK(client.receive().status == 408);
    CHECK(server.gate().counters().timed_out == 1);
  }
}

TEST_CASE("a full queue is answered with 503 and when to come back") {
  std::promise<void> open;
  const std::shared_future<void> gate = open.get_future().share();
  GateConfig config;
  config.workers = 1;
  config.queue = 1;
  auto callbacks = echo();
  callbacks.handle = [&](RawRequest) { gate.wait(); return RawAnswer{}; };
  RunningGate server(config, callbacks);
  std::vector<RawClient> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back(server.port());
    REQUIRE(clients.back().send(get("/")));
    REQUIRE(eventually([&] { return server.gate().counters().handed_on == std::size_t(i + 1); }));
    REQUIRE(eventually([&] { return server.gate().counters().queued == std::size_t(i); }));
  }
  const auto refused = exchange(server.port(), get("/"));
  CHECK(refused.status == 503);
  CHECK(std::stoi(refused.header("retry-after")) > 0);
  open.set_value();
  for (auto& client : clients) CHECK(client.receive().status == 200);
  CHECK(exchange(server.port(), get("/")).status == 200);
}

TEST_CASE("a full house makes room by closing who has waited longest") {
  GateConfig config;
  config.max_connections = 50;
  RunningGate server(config, echo());
  std::vector<RawClient> idle;
  for (int i = 0; i < 200; ++i) idle.emplace_back(server.port());
  REQUIRE(eventually([&] { return server.gate().counters().accepted == 200; }));
  CHECK(server.gate().counters().open <= 50);
  CHECK(exchange(server.port(), get("/")).status == 200);
  CHECK(idle.front().is_closed_by_server());
}

TEST_CASE("a second server on the same port is refused with a reason") {
  RunningGate server({}, echo());
  GateConfig config;
  config.listen.push_back({"127.0.0.1", static_cast<std::uint16_t>(server.port()), std::nullopt});
  const auto second = Gate::create(config, echo());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::port_in_use);
  CHECK(second.error().message.find("--listen") != std::string::npos);
  CHECK(second.error().where == "127.0.0.1:" + std::to_string(server.port()));
}

TEST_CASE("a port is free again as soon as its server has stopped") {
  int port = 0;
  {
    RunningGate server({}, echo());
    port = server.port();
    RawClient client(port);
    REQUIRE(client.send(get("/")));
    CHECK(client.receive().status == 200);
  }
  GateConfig config;
  config.listen.push_back({"127.0.0.1", static_cast<std::uint16_t>(port), std::nullopt});
  CHECK(Gate::create(config, echo()));
}

TEST_CASE("addresses that cannot be listened on are named") {
  for (const std::string host : {"no.such.host.invalid", "203.0.113.77", "a b"}) {
    GateConfig config;
    config.listen.push_back({host, 0, std::nullopt});
    const auto gate = Gate::create(config, echo());
    REQUIRE_FALSE(gate);
    CHECK(gate.error().code == ErrorCode::config_bad_value);
    CHECK(gate.error().where == host + ":0");
  }
}

TEST_CASE("stopping lets requests under way finish and refuses new ones") {
  std::promise<void> started, may_finish;
  auto callbacks = echo();
  callbacks.handle = [&](RawRequest request) {
    if (request.path == "/slow") {
      started.set_value();
      may_finish.get_future().wait_for(10s);
    }
    return RawAnswer{};
  };
  RunningGate server({}, callbacks);
  RawClient idle(server.port());
  RawClient kept(server.port());
  REQUIRE(kept.send(get("/")));
  CHECK(kept.receive().status == 200);
  RawClient slow(server.port());
  REQUIRE(slow.send(get("/slow")));
  started.get_future().wait();
  RawClient half(server.port());
  REQUIRE(half.send("GET /half HTTP/1.1\r\n"));
  std::this_thread::sleep_for(50ms);

  server.gate().stop();
  CHECK(idle.is_closed_by_server());
  CHECK(kept.is_closed_by_server());
  REQUIRE(half.send("Host: a\r\n\r\n"));
  CHECK(half.receive().status == 200);
  may_finish.set_value();
  const auto response = slow.receive();
  CHECK(response.status == 200);
  CHECK(response.header("connection") == "close");
  server.stop();
  CHECK_FALSE(RawClient(server.port()).is_open());
}

TEST_CASE("answers that await something hold no worker, and stopping waits for them") {
  constexpr std::size_t kClients = 50;
  std::mutex mutex;
  std::vector<std::function<void(bool)>> waiting;
  const auto begun = [&] {
    const std::lock_guard lock(mutex);
    return waiting.size();
  };
  auto callbacks = echo();
  callbacks.handle = [&](RawRequest request) {
    if (request.path == "/at-once") return Handled(RawAnswer{});
    auto awaited = std::make_unique<AwaitedAnswer>();
    awaited->begin = [&](std::function<void(bool)> known) {
      const std::lock_guard lock(mutex);
      waiting.push_back(std::move(known));
    };
    awaited->expected.body = std::make_shared<const std::string>(request.path);
    awaited->otherwise = [] {
      RawAnswer refused;
      refused.status = 409;
      return refused;
    };
    return Handled(std::move(awaited));
  };
  GateConfig config;
  config.workers = 1;
  RunningGate server(config, callbacks);
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.emplace_back(server.port());
    REQUIRE(clients.back().send(get("/" + std::to_string(i))));
    REQUIRE(eventually([&] { return begun() == i + 1; }));
  }
  CHECK(exchange(server.port(), get("/at-once")).status == 200);
  clients.front() = RawClient(server.port());  // gone before its answer

  server.gate().stop();
  std::thread committing([&] {
    std::this_thread::sleep_for(50ms);
    for (std::size_t i = 0; i < kClients; ++i) waiting[i](i % 2 == 0);
    waiting.clear();
  });
  for (std::size_t i = 1; i < kClients; ++i) {
    const auto response = clients[i].receive();
    CHECK(response.status == (i % 2 == 0 ? 200 : 409));
    if (i % 2 == 0) CHECK(response.body == "/" + std::to_string(i));
  }
  server.stop();
  committing.join();
}

TEST_CASE("stopping does not wait for ever for a client that never finishes") {
  GateConfig config;
  config.drain_time = 300ms;
  RunningGate server(config, echo());
  RawClient client(server.port());
  REQUIRE(client.send("GET / HTTP/1.1\r\n"));
  std::this_thread::sleep_for(50ms);
  const auto start = std::chrono::steady_clock::now();
  server.stop();
  CHECK(std::chrono::steady_clock::now() - start < 3s);
}

TEST_CASE("what a handler throws is not shown") {
  auto callbacks = echo();
  callbacks.handle = [](RawRequest) -> RawAnswer { throw std::runtime_error("no such column: secret"); };
  RunningGate server({}, callbacks);
  RawClient client(server.port());
  REQUIRE(client.send(get("/")));
  const auto response = client.receive();
  CHECK(response.status == 500);
  CHECK(response.body.empty());
  for (const auto& [name, value] : response.headers) CHECK(value.find("secret") == std::string::npos);
}
