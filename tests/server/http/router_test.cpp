#include <catch2/catch.hpp>
#include <stdexcept>

#include "server/http/awaited_response.h"
#include "server/http/endpoint.h"

using namespace khaosat;

namespace {

struct Thrown {};

RouterConfig config() {
  RouterConfig made;
  const auto add = [&](std::string method, std::string pattern, Access access, Handler handler,
                       std::size_t limit = 0) {
    made.routes.push_back({std::move(method), pattern, access, limit, std::move(handler), pattern});
  };
  add("GET", "/", Access::everyone, [](const Request&) { return HttpResponse::html("<p>đầu</p>"); });
  add("GET", "/s/([a-z0-9-]{1,64})/([0-9]{1,3})", Access::everyone, [](const Request& request) {
    return HttpResponse::text(request.params.at(0) + "|" + request.params.at(1) + "|" + request.method);
  });
  add("POST", "/s/([a-z0-9-]{1,64})/([0-9]{1,3})", Access::everyone, [](const Request& request) {
    return HttpResponse::text("posted " + request.body);
  }, 5000);
  add("GET", "/throws", Access::everyone, [](const Request&) -> HttpResponse { throw std::runtime_error("SELECT secret"); });
  add("GET", "/throws-odd", Access::everyone, [](const Request&) -> HttpResponse { throw Thrown{}; });
  add("GET", "/fails", Access::everyone, [](const Request&) -> Result<HttpResponse> {
    return fail(ErrorCode::campaign_closed, "closed", "c1");
  });
  add("GET", "/metrics", Access::loopback, [](const Request&) { return HttpResponse::text("m"); });
  add("GET", "/staff", Access::officer | Access::analyst, [](const Request& request) {
    return HttpResponse::text("hello " + std::any_cast<std::string>(request.account));
  });
  add("POST", "/staff", Access::officer, [](const Request&) { return HttpResponse::text("done"); }, 100);
  add("GET", "/t%C3%AAn", Access::everyone, [](const Request&) { return HttpResponse::text("never"); });
  add("GET", "/tên", Access::everyone, [](const Request&) { return HttpResponse::text("tên"); });
  made.error_page = [](const Error& error, const Request& request) {
    return HttpResponse::html("lỗi " + std::string(name_of(error.code)) + " " + request.language,
                          http_status_of(error.code));
  };
  made.guard = [](const Route& route, Request& request) -> std::optional<HttpResponse> {
    const auto role = request.cookie("role");
    if (!role) return HttpResponse::redirect("/sign-in");
    if (!allows(route.access, *role == "officer" ? Access::officer : Access::jury)) {
      return HttpResponse::text("no", 403);
    }
    request.account = *role;
    return std::nullopt;
  };
  return made;
}

struct Asked {
  std::string method = "GET";
  std::string path = "/";
  HeaderList headers{};
  bool is_tls = false;
  bool is_loopback = false;
  std::string body{};
  std::string query{};
};

RawAnswer ask(const Router& router, Asked asked) {
  RawRequest raw;
  raw.method = asked.method;
  raw.path = asked.path;
  raw.headers = std::move(asked.headers);
  raw.headers.emplace_back("host", "may-chu");
  raw.is_tls = asked.is_tls;
  raw.is_loopback = asked.is_loopback;
  raw.body = asked.body;
  raw.query = asked.query;
  return router.handle(std::move(raw));
}

std::string body_of(const RawAnswer& answer) { return answer.body ? *answer.body : ""; }

std::string header_of(const RawAnswer& answer, const std::string& name) {
  std::string value;
  for (const auto& [header, content] : answer.headers) {
    if (header == name) {
      CHECK(value.empty());  // no header goes out twice
      value = content;
    }
  }
  return value;
}

}  // namespace

TEST_CASE("a request finds its handler with what the groups matched") {
  const Router router = Router::create(config()).value();
  CHECK(body_of(ask(router, {"GET", "/"})) == "<p>đầu</p>");
  CHECK(body_of(ask(router, {"GET", "/s/ngan-son/12"})) == "ngan-son|12|GET");
  CHECK(body_of(ask(router, {"HEAD", "/s/ngan-son/12"})) == "ngan-son|12|HEAD");
  CHECK(body_of(ask(router, {"POST", "/s/a/1", {}, false, false, "x=1"})) == "posted x=1");
  CHECK(body_of(ask(router, {"GET", "/s/ng%61n-son/12"})) == "ngan-son|12|GET");
  CHECK(body_of(ask(router, {"GET", "/t%C3%AAn"})) == "tên");
}

TEST_CASE("unknown paths are 404 and known paths with another method 405 with Allow") {
  const Router router = Router::create(config()).value();
  for (const std::string& path : {std::string("/x"), std::string("/s/a"), std::string("/s/a/1/"), std::string("/s/A/1"), std::string("//"), "/s/" + std::string(65, 'a') + "/1"}) {
    const RawAnswer answer = ask(router, {"GET", path});
    CHECK(answer.status == 404);
    CHECK(body_of(answer) == "lỗi not_found vi");
  }
  struct Case {
    std::string method, path, allow;
  };
  const Case cases[] = {{"POST", "/", "GET, HEAD"}, {"DELETE", "/s/a/1", "GET, HEAD, POST"},
                        {"OPTIONS", "/s/a/1", "GET, HEAD, POST"}, {"PUT", "/", "GET, HEAD"}};
  for (const auto& [method, path, allow] : cases) {
    const RawAnswer answer = ask(router, {method, path});
    CHECK(answer.status == 405);
    CHECK(header_of(answer, "Allow") == allow);
  }
  CHECK(ask(router, {"GET", "/" + std::string(4000, 'a')}).status == 404);
}

TEST_CASE("whatever a handler throws becomes an error page that tells nothing") {
  const Router router = Router::create(config()).value();
  for (const std::string path : {"/throws", "/throws-odd"}) {
    const RawAnswer answer = ask(router, {"GET", path});
    CHECK(answer.status == 500);
    CHECK(body_of(answer) == "lỗi internal vi");
    for (const auto& [name, value] : answer.headers) {
      CHECK(name != "EXCEPTION_WHAT");
      CHECK(name != "Server");
      CHECK(value.find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("an error page that throws itself leaves a plain text") {
  auto broken = config();
  broken.error_page = [](const Error&, const Request&) -> HttpResponse { throw Thrown{}; };
  const Router router = Router::create(std::move(broken)).value();
  for (const auto& [path, status] : {std::pair<std::string, int>{"/throws", 500}, {"/nowhere", 404}, {"/fails", 410}}) {
    const RawAnswer answer = ask(router, {"GET", path});
    CHECK(answer.status == status);
    CHECK(body_of(answer).find(std::to_string(status)) == 0);
  }
}

TEST_CASE("an error returned by a handler has the status of its code and the reader's language") {
  const Router router = Router::create(config()).value();
  const RawAnswer answer = ask(router, {.path = "/fails", .query = "lang=en"});
  CHECK(answer.status == 410);
  CHECK(body_of(answer) == "lỗi campaign_closed en");
}

TEST_CASE("every answer carries the security headers and is not stored") {
  const Router router = Router::create(config()).value();
  for (const std::string path : {"/", "/nowhere", "/throws", "/staff", "/metrics", "/%zz"}) {
    CAPTURE(path);
    const RawAnswer answer = ask(router, {"GET", path});
    CHECK(header_of(answer, "Content-Security-Policy").find("default-src 'none'; script-src 'self'; style-src 'self'; ") == 0);
    CHECK(header_of(answer, "Content-Security-Policy").find("frame-ancestors 'none'") != std::string::npos);
    CHECK(header_of(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(header_of(answer, "Referrer-Policy") == "no-referrer");
    CHECK(header_of(answer, "Cross-Origin-Opener-Policy") == "same-origin");
    CHECK(header_of(answer, "Cross-Origin-Resource-Policy") == "same-origin");
    CHECK_FALSE(header_of(answer, "Permissions-Policy").empty());
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK(header_of(answer, "Strict-Transport-Security").empty());
  }
  CHECK(header_of(ask(router, {"GET", "/", {}, true}), "Strict-Transport-Security") == "max-age=31536000");
}

TEST_CASE("staff pages need TLS or this machine, and then the guard's consent") {
  const Router router = Router::create(config()).value();
  const HeaderList officer = {{"cookie", "role=officer"}};
  CHECK(body_of(ask(router, {"GET", "/staff", officer})) == "lỗi tls_required vi");
  CHECK(body_of(ask(router, {"GET", "/staff", officer, true})) == "hello officer");
  CHECK(body_of(ask(router, {"GET", "/staff", officer, false, true})) == "hello officer");
  CHECK(ask(router, {"GET", "/staff", {}, true}).status == 303);
  CHECK(ask(router, {"GET", "/staff", {{"cookie", "role=jury"}}, true}).status == 403);
  auto unguarded = config();
  unguarded.guard = nullptr;
  CHECK(ask(Router::create(std::move(unguarded)).value(), {"GET", "/staff", officer, true}).status == 403);
}

TEST_CASE("metrics answer on this machine only") {
  const Router router = Router::create(config()).value();
  CHECK(ask(router, {"GET", "/metrics", {}, true}).status == 404);
  CHECK(body_of(ask(router, {"GET", "/metrics", {}, false, true})) == "m");
}

TEST_CASE("staff forms from another site are refused") {
  const Router router = Router::create(config()).value();
  struct Case {
    HeaderList headers;
    int status;
  };
  const Case cases[] = {
      {{}, 200},
      {{{"sec-fetch-site", "same-origin"}, {"origin", "null"}}, 200},
      {{{"sec-fetch-site", "cross-site"}}, 403},
      {{{"sec-fetch-site", "same-site"}}, 403},
      {{{"sec-fetch-site", "cross-site"}, {"origin", "https://may-chu"}}, 403},
      {{{"origin", "https://may-chu"}}, 200},
      {{{"origin", "HTTPS://May-Chu"}}, 200},
      {{{"origin", "http://may-chu"}}, 403},
      {{{"origin", "https://evil"}}, 403},
      {{{"origin", "https://may-chu.evil"}}, 403},
      {{{"origin", "null"}}, 200},
  };
  for (auto [headers, status] : cases) {
    headers.emplace_back("cookie", "role=officer");
    CHECK(ask(router, {"POST", "/staff", headers, true}).status == status);
  }
}

TEST_CASE("the body limit is that of the route") {
  const Router router = Router::create(config()).value();
  CHECK(router.body_limit("POST", "/s/a/1") == 5000);
  CHECK(router.body_limit("POST", "/s/%61/1") == 5000);
  CHECK(router.body_limit("POST", "/staff") == 100);
  CHECK(router.body_limit("POST", "/") == 0);
  CHECK(router.body_limit("PUT", "/s/a/1") == 0);
  CHECK(router.body_limit("POST", "/%zz") == 0);
}

TEST_CASE("a list of routes with a fault is refused with the line") {
  const auto with = [](Route route) {
    auto faulty = config();
    faulty.routes.push_back(std::move(route));
    return Router::create(std::move(faulty));
  };
  const Handler handler = [](const Request&) { return HttpResponse::text(""); };
  for (const Route& route : {Route{"GET", "/", Access::everyone, 0, handler, "twice"},
                             Route{"GET", "/.*", Access::everyone, 0, handler, "open"},
                             Route{"FETCH", "/f", Access::everyone, 0, handler, "method"},
                             Route{"GET", "/f", Access::everyone, 0, nullptr, "empty"}}) {
    const auto router = with(route);
    REQUIRE_FALSE(router);
    CHECK(router.error().where == route.pattern);
  }
}

TEST_CASE("a refusal of the gate looks like a page") {
  const Router router = Router::create(config()).value();
  for (const auto& [status, code] : {std::pair<int, std::string>{413, "too_large"}, {408, "request_timeout"},
                                     {503, "server_busy"}, {414, "bad_request"}, {505, "internal"}}) {
    const RawAnswer answer = router.refusal(status, true);
    CHECK(answer.status == status);
    CHECK(body_of(answer) == "lỗi " + code + " vi");
    CHECK_FALSE(header_of(answer, "Content-Security-Policy").empty());
    CHECK_FALSE(header_of(answer, "Strict-Transport-Security").empty());
    CHECK(header_of(router.refusal(status, false), "Strict-Transport-Security").empty());
  }
}

TEST_CASE("a response that awaits something is finished and counted by what came of it") {
  struct Case {
    bool expected, throws;
    int status;
    std::string body;
  };
  for (const Case& one : {Case{true, false, 200, "receipt"}, Case{false, false, 409, "conflict of posted"},
                          Case{false, true, 500, "lỗi internal vi"}}) {
    RouterConfig made = config();
    made.routes.push_back({"POST", "/answer", Access::everyone, 100, [&one](const Request&) {
      AwaitedResponse awaited;
      awaited.begin = [&one](std::function<void(bool)> known) { known(one.expected); };
      awaited.expected = HttpResponse::text("receipt");
      awaited.otherwise = [&one](const Request& request) -> HttpResponse {
        if (one.throws) throw std::runtime_error("secret");
        return HttpResponse::text("conflict of " + request.body, 409);
      };
      return await_instead(std::move(awaited));
    }, "answer"});
    const Router router = Router::create(std::move(made)).value();
    const RawAnswer answer = ask(router, {"POST", "/answer", {}, false, false, "posted"});
    CHECK(answer.status == one.status);
    CHECK(body_of(answer) == one.body);
    CHECK(header_of(answer, "Cache-Control") == "no-store");
    CHECK_FALSE(header_of(answer, "Content-Security-Policy").empty());
    for (const auto& count : router.counts()) {
      if (count.name != "answer") continue;
      for (std::size_t digit = 0; digit < count.answers.size(); ++digit) {
        CHECK(count.answers[digit] == (digit == static_cast<std::size_t>(one.status / 100) ? 1 : 0));
      }
    }
  }
}

TEST_CASE("nothing of a response that awaits something shows before it is known") {
  RouterConfig made = config();
  std::function<void(bool)> kept;
  made.routes.push_back({"POST", "/answer", Access::everyone, 100, [&kept](const Request&) {
    AwaitedResponse awaited;
    awaited.begin = [&kept](std::function<void(bool)> known) { kept = std::move(known); };
    awaited.expected = HttpResponse::text("receipt");
    return await_instead(std::move(awaited));
  }, "answer"});
  const Router router = Router::create(std::move(made)).value();
  RawRequest raw;
  raw.method = "POST";
  raw.path = "/answer";
  AwaitingAllowed awaiting;
  const RawAnswer answer = router.handle(std::move(raw));
  CHECK(answer.status == 500);
  CHECK(answer.body == nullptr);
  CHECK(answer.headers.empty());
  REQUIRE(awaiting.left);
  CHECK(body_of(awaiting.left->expected) == "receipt");
}

TEST_CASE("the first route of the list that fits is taken, whatever its path begins with") {
  RouterConfig made;
  for (const std::string pattern : {"/a/x", "/([a-z]{1,3})/x", "/b/x", "/b/([a-z]{1,3})", "/(c|d)/y", "/d/y", "/e/?", "/f/z|/g/z",
                                    "/h/(u|v)", "/i{2}/w"}) {
    made.routes.push_back({"GET", pattern, Access::everyone, 0, [pattern](const Request&) { return HttpResponse::text(pattern); }, pattern});
  }
  const Router router = Router::create(std::move(made)).value();
  const std::pair<const char*, const char*> cases[] = {
      {"/a/x", "/a/x"}, {"/b/x", "/([a-z]{1,3})/x"}, {"/zz/x", "/([a-z]{1,3})/x"}, {"/b/y", "/b/([a-z]{1,3})"}, {"/d/y", "/(c|d)/y"},
      {"/e", "/e/?"}, {"/e/", "/e/?"}, {"/f/z", "/f/z|/g/z"}, {"/g/z", "/f/z|/g/z"}, {"/h/v", "/h/(u|v)"}, {"/ii/w", "/i{2}/w"}};
  for (const auto& [path, pattern] : cases) {
    INFO(path);
    for (int twice = 0; twice < 2; ++twice) CHECK(body_of(ask(router, {"GET", path})) == pattern);
  }
  for (const char* path : {"/a", "/a/y", "/c/x/y", "/i/w", "/"}) CHECK(ask(router, {"GET", path}).status == 404);
}
