#include "server/http/request.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {
RawRequest raw(const std::string& path, const std::string& query = "", HeaderList headers = {}) {
  RawRequest request;
  request.method = "GET";
  request.path = path;
  request.query = query;
  request.headers = std::move(headers);
  return request;
}
}  // namespace

TEST_CASE("path and query are decoded exactly once") {
  const auto request = make_request(raw("/x%C3%A3/%2541", "q=%2541+b&q=c"));
  REQUIRE(request);
  CHECK(request->path == "/xã/%41");
  CHECK(request->query.all("q") == std::vector<std::string_view>{"%41 b", "c"});
}

TEST_CASE("a path or query that does not decode is refused") {
  CHECK(make_request(raw("/%zz")).error().code == ErrorCode::bad_request);
  CHECK(make_request(raw("/%FF")).error().code == ErrorCode::not_utf8);
  CHECK(make_request(raw("/", "a=%")).error().code == ErrorCode::bad_request);
  CHECK(make_request(raw("/", "a=%FF")).error().code == ErrorCode::not_utf8);
}

TEST_CASE("cookies are found by their exact name") {
  const auto request =
      make_request(raw("/", "", {{"cookie", "a=1; __Host-sid=x=y; b=2"}, {"cookie", "c=3"}}));
  REQUIRE(request);
  CHECK(request->cookie("__Host-sid") == "x=y");
  CHECK(request->cookie("c") == "3");
  CHECK_FALSE(request->cookie("sid").has_value());
  CHECK_FALSE(request->cookie("A").has_value());
}

TEST_CASE("pages are Vietnamese unless English is asked for") {
  struct Case {
    std::string query, accept, language;
  };
  const Case cases[] = {
      {"", "", "vi"},          {"", "en-US,en;q=0.9", "vi"}, {"lang=en", "vi", "en"},
      {"lang=vi", "en", "vi"}, {"lang=xx", "en", "vi"},      {"lang=en&lang=vi", "", "vi"},
  };
  for (const auto& [query, accept, language] : cases) {
    CAPTURE(query, accept);
    CHECK(make_request(raw("/", query, {{"accept-language", accept}}))->language == language);
  }
}

TEST_CASE("a body is read by its content type") {
  Request request;
  request.content_type = "application/x-www-form-urlencoded";
  request.body = "a=1";
  CHECK(read_form(request)->one("a") == "1");
  request.content_type = "application/json";
  request.body = "{\"a\":1}";
  CHECK(read_form(request)->one("a") == "1");
  for (const auto* type : {"", "text/plain", "multipart/form-data"}) {
    request.content_type = type;
    CHECK(read_form(request).error().code == ErrorCode::media_type_unsupported);
  }
}
