// Client, gate and router together, over plain HTTP and TLS.
#include "server/http/server.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "base/clock.h"
#include "server/http/client.h"
#include "server/http/static_files.h"
#include "server/security/self_signed.h"
#include "tests/support/raw_client.h"

using namespace khaosat;

namespace {

GateConfig both() {
  SelfSignedRequest request;
  request.host_names = {"localhost"};
  request.now = SystemClock{}.now();
  const auto made = make_self_signed(request).value();
  const std::string base = std::string(KHAOSAT_BINARY_DIR) + "/http_server_test";
  std::ofstream(base + ".crt") << made.certificate_pem;
  std::ofstream(base + ".key") << made.private_key_pem;
  GateConfig config;
  config.listen.push_back({"127.0.0.1", 0, std::nullopt});
  config.listen.push_back({"127.0.0.1", 0, TlsFiles{base + ".crt", base + ".key"}});
  return config;
}

RouterConfig routes() {
  RouterConfig config;
  config.routes.push_back({"GET", "/", Access::everyone, 0,
                           [](const Request& request) {
                             HttpResponse response = HttpResponse::html("xin chào");
                             response.with_header("Set-Cookie", "__Host-seen=1; Secure; Path=/");
                             response.with_header("X-Cookie", request.cookie("__Host-seen").value_or("none"));
                             return response;
                           },
                           "start"});
  config.routes.push_back({"POST", "/form", Access::everyone, 20000,
                           [](const Request& request) -> Result<HttpResponse> {
                             const FormData form = TRY(read_form(request));
                             return HttpResponse::text(to_urlencoded(form));
                           },
                           "form"});
  config.routes.push_back({"GET", "/go", Access::everyone, 0,
                           [](const Request&) { return HttpResponse::redirect("/"); }, "go"});
  auto files = StaticFiles::create({{"app.css", std::string(5000, ' ')}}).value();
  config.routes.push_back(StaticFiles::route("/static/", std::make_shared<const StaticFiles>(std::move(files))));
  return config;
}

class Running {
 public:
  Running() : server_(HttpServer::create(both(), routes()).value()), thread_([this] { server_->run(); }) {}
  ~Running() {
    server_->stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  HttpServer* operator->() { return server_.get(); }

 private:
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("client and server understand each other, plain and over TLS") {
  Running server;
  for (const std::size_t listener : {0u, 1u}) {
    Client client(server->address(listener));
    const auto first = client.get("/");
    REQUIRE(first);
    CHECK(first->status == 200);
    CHECK(first->body == "xin chào");
    CHECK(first->header("content-type") == "text/html; charset=utf-8");
    CHECK(first->header("x-cookie") == "none");
    CHECK(first->header("server").empty());
    CHECK(first->header("strict-transport-security").empty() == (listener == 0));
    CHECK(client.get("/")->header("x-cookie") == "1");
    CHECK(client.cookies().at("__Host-seen") == "1");
    CHECK(client.get("/go")->status == 303);
    CHECK(client.head("/")->body.empty());
    CHECK(client.get("/nowhere")->status == 404);
  }
  CHECK(server->counters().accepted == 2);  // connections were kept
}

TEST_CASE("forms beyond the library's own limit of 8 KB arrive whole") {
  Running server;
  Client client(server->address());
  FormData form;
  std::string text;
  for (int i = 0; i < 400; ++i) text += "một ý kiến ";
  form.add("comment", text);
  REQUIRE(to_urlencoded(form).size() > 8192);
  const auto response = client.post_form("/form", form);
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == to_urlencoded(form));
  form.add("more", text);
  CHECK(client.post_form("/form", form)->status == 413);
}

TEST_CASE("bodies that cannot be read are refused with the status of their fault") {
  Running server;
  Client client(server->address());
  CHECK(client.post("/form", "{\"a\":1}", "application/json")->body == "a=1");
  CHECK(client.post("/form", "{\"a\":", "application/json")->status == 422);
  CHECK(client.post("/form", "a=%FF", "application/x-www-form-urlencoded")->status == 400);
  CHECK(client.post("/form", "<a/>", "text/xml")->status == 415);
}

TEST_CASE("static files are served compressed and asked for again") {
  Running server;
  Client client(server->address());
  const auto first = client.get("/static/app.css");
  REQUIRE(first->status == 200);
  CHECK(first->body.size() == 5000);
  // The library's client waits for the body a 304 never has until the server ends the connection. A browser
  // goes on at once, so the next answer must follow on the same connection.
  const std::string address = server->address();
  test::RawClient browser(std::stoi(address.substr(address.rfind(':') + 1)));
  const std::string again = "GET /static/app.css HTTP/1.1\r\nHost: a\r\nIf-None-Match: ";
  for (const bool is_known : {true, false, true}) {
    REQUIRE(browser.send(again + (is_known ? first->header("etag") : "\"other\"") + "\r\n\r\n"));
    const auto answer = browser.receive();
    CHECK(answer.status == (is_known ? 304 : 200));
    CHECK(answer.header("content-length") == (is_known ? "" : "5000"));
    CHECK(answer.header("etag") == first->header("etag"));
    CHECK(answer.body.size() == (is_known ? 0 : 5000));
  }
  CHECK(client.get("/static/..%2fapp.css")->status == 400);
  CHECK(client.get("/static/other.css")->status == 404);
}

TEST_CASE("a refusal of the gate carries the security headers") {
  Running server;
  const std::string address = server->address();
  const int port = std::stoi(address.substr(address.rfind(':') + 1));
  const auto response = test::exchange(port, "GET / HTTP/1.1\r\n\r\n");
  CHECK(response.status == 400);
  CHECK(response.header("content-security-policy").find("default-src 'none'") == 0);
}

TEST_CASE("a second server on the same address says why it does not start") {
  Running server;
  const std::string address = server->address();
  GateConfig config;
  config.listen.push_back(
      {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))), std::nullopt});
  const auto second = HttpServer::create(config, routes());
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::port_in_use);
}

TEST_CASE("a client without a server gets an error, not an exception") {
  Client client("http://127.0.0.1:1");
  CHECK_FALSE(client.get("/"));
}
