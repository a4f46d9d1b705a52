#include "server/gate/parse_request.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {

constexpr std::size_t kBodyLimit = 1000;

using Outcome = std::variant<NeedMore, ParsedRequest, Refusal>;

Outcome parse(const std::string& bytes) { return parse_request(bytes, HeadLimits{}, kBodyLimit); }

std::string get(const std::string& headers) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n";
}
std::string post(const std::string& headers, const std::string& body) {
  return "POST /submit HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n" + body;
}
std::string many(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("a plain request is taken apart") {
  const std::string bytes =
      "POST /s/ngan-son?lang=en HTTP/1.1\r\nHost: khao-sat.vn:8443\r\nX-Two:\t two words \r\n"
      "Content-Length: 5\r\nACCEPT: */*\r\n\r\na=1&b";
  const auto outcome = parse(bytes + "GET /next");
  REQUIRE(std::holds_alternative<ParsedRequest>(outcome));
  const auto& parsed = std::get<ParsedRequest>(outcome);
  CHECK(parsed.request.method == "POST");
  CHECK(parsed.request.path == "/s/ngan-son");
  CHECK(parsed.request.query == "lang=en");
  CHECK(parsed.request.header("x-two") == "two words");
  CHECK(parsed.request.header("accept") == "*/*");
  CHECK(parsed.request.body == "a=1&b");
  CHECK(parsed.keep_alive);
  // What follows is left for the next request.
  CHECK(parsed.consumed == bytes.size());
}

TEST_CASE("requests that good clients send are accepted") {
  const std::string cases[] = {
      get(""),
      get("Range: bytes=0-99\r\n"),
      get("Content-Length: 0\r\n"),
      get("Connection: keep-alive, Upgrade-Insecure-Requests\r\nUpgrade-Insecure-Requests: 1\r\n"),
      get("Cookie: a=1\r\nCookie: b=2\r\n"),
      get("X-Empty:\r\n"),
      get("User-Agent: caf\xC3\xA9\r\n"),
      get("TE: trailers\r\n"),
      "GET /%C3%A1p?q={a}|b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      "HEAD /?x=%2F HTTP/1.0\r\nHost: a\r\n\r\n",
      "OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n",
      post("", ""),
      post("Content-Length: 3\r\nContent-Type: text/plain\r\n", "abc"),
      post("Content-Length: 1000\r\n", std::string(1000, 'x')),
      get(many("X: y\r\n", 63)),
      "GET /" + std::string(4095, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n",
  };
  for (const auto& bytes : cases) {
    CAPTURE(bytes.substr(0, 120));
    CHECK(std::holds_alternative<ParsedRequest>(parse(bytes)));
  }
}

TEST_CASE("the connection is kept only when both sides may rely on it") {
  struct Case {
    std::string bytes;
    bool keep_alive;
  };
  const Case cases[] = {
      {get(""), true},
      {get("Connection: keep-alive\r\n"), true},
      {get("Connection: close\r\n"), false},
      {get("Connection: foo , CLOSE\r\n"), false},
      {get("Connection: keep-alive\r\nConnection: close\r\n"), false},
      {get("Connection: closed\r\n"), true},
      {"GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", false},
  };
  for (const auto& [bytes, keep_alive] : cases) {
    CAPTURE(bytes);
    const auto outcome = parse(bytes);
    REQUIRE(std::holds_alternative<ParsedRequest>(outcome));
    CHECK(std::get<ParsedRequest>(outcome).keep_alive == keep_alive);
  }
}

struct RefusalCase {
  std::string bytes;
  int status;
  std::string reason;
};

static std::vector<RefusalCase> refusal_cases() {
  return {
      // Two ideas of where the body ends.
      {post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400, "two lengths"},
      {post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400, "two lengths"},
      {post("Content-Length: 3, 3\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400,
       "length and transfer encoding"},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400,
       "length and transfer encoding"},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", ""), 400,
       "length and transfer encoding"},
      {post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), 411, "chunked body"},
      {post("Transfer-Encoding: Chunked\r\n", ""), 411, "chunked body"},
      {post("Transfer-Encoding: gzip, chunked\r\n", ""), 501, "transfer encoding"},
      {post("Transfer-Encoding: identity\r\n", ""), 501, "transfer encoding"},
      {post("Transfer-Encoding:\r\n", ""), 501, "transfer encoding"},
      {post("Transfer-Encoding:\tchunked\r\n", ""), 411, "chunked body"},
      {post("Transfer-Encoding : chunked\r\n", ""), 400, "header name"},
      {post("Transfer-Encoding\r\n", ""), 400, "header without name"},
      {post("X: y\r\n Transfer-Encoding: chunked\r\n", ""), 400, "folded header"},
      {post("X: y\r\n\tfolded\r\n", ""), 400, "folded header"},
      {post("Content-Length: +3\r\n", "abc"), 400, "content length"},
      {post("Content-Length: -3\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 3abc\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 0x3\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 03\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 3 3\r\n", "abc"), 400, "content length"},
      {post("Content-Length:\r\n", "abc"), 400, "content length"},
      {post("Content-Length: \xEF\xBC\x93\r\n", "abc"), 400, "content length"},
      {post("Content-Length: 1001\r\n", ""), 413, "body too large"},
      {post("Content-Length: 99999999999999999999999999\r\n", ""), 413, "body too large"},
      {post("Content-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"), 415, "compressed body"},
      {post("Content-Encoding: identity\r\nContent-Length: 3\r\n", "abc"), 415, "compressed body"},
      {post("Expect: 100-continue\r\nContent-Length: 3\r\n", "abc"), 417, "expect"},
      {get("Content-Length: 3\r\n") + "abc", 400, "body where none belongs"},
      {"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 400, "body where none belongs"},
      {"OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 400, "body where none belongs"},
      {get("Transfer-Encoding: chunked\r\n"), 411, "chunked body"},
      {get("Upgrade: h2c\r\nConnection: Upgrade\r\n"), 400, "upgrade"},
      {get("Range: bytes=0-,0-,0-\r\n"), 416, "several ranges"},
      {get("Range: bytes=0-1\r\nRange: bytes=2-3\r\n"), 416, "several ranges"},
      // Line ends.
      {"GET / HTTP/1.1\nHost: a\n\n", 400, "bare CR or LF"},
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "bare CR or LF"},
      {"GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n", 400, "bare CR or LF"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\r\n", 400, "bare CR or LF"},
      {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "not HTTP"},
      {std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), 400, "NUL in head"},
      {std::string("GET /\0 HTTP/1.1\r\n", 17), 400, "NUL in head"},
      {get("X: a\x01\r\n"), 400, "control character in header"},
      {get("X: a\x7F\r\n"), 400, "control character in header"},
      // Line breaks that appear when somebody decodes.
      {get("X: a%0d%0aSet-Cookie: b\r\n"), 400, "line break in header"},
      {get("X: a%0Ab\r\n"), 400, "line break in header"},
      {get("X: a%00b\r\n"), 400, "line break in header"},
      {"GET /?a=%0D%0Ab HTTP/1.1\r\nHost: a\r\n\r\n", 400, "line break in query"},
      {"GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "line break in query"},
      {"GET /a%0Ab HTTP/1.1\r\nHost: a\r\n\r\n", 400, "control character in path"},
      {"GET /a.txt%00.html HTTP/1.1\r\nHost: a\r\n\r\n", 400, "control character in path"},
      {"GET /a%2Fb HTTP/1.1\r\nHost: a\r\n\r\n", 400, "escaped slash in path"},
      {"GET /a%5Cb HTTP/1.1\r\nHost: a\r\n\r\n", 400, "escaped slash in path"},
      {"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character in path"},
      {"GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", 400, "dot segment in path"},
      {"GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "dot segment in path"},
      {"GET /a/. HTTP/1.1\r\nHost: a\r\n\r\n", 400, "dot segment in path"},
      {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400, "broken escape in path"},
      {"GET /% HTTP/1.1\r\nHost: a\r\n\r\n", 400, "broken escape in path"},
      {"GET /?% HTTP/1.1\r\nHost: a\r\n\r\n", 400, "broken escape in query"},
      {"GET /\xC3\xA1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character in path"},
      {"GET /?\xC3\xA1 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character in query"},
      {"GET /#f HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character in path"},
      // The request line.
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "target form"},
      {"GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "target form"},
      {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "target form"},
      {"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method"},
      {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method"},
      {"GETX / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method"},
      {"Get / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "method"},
      {"get / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "not HTTP"},
      {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "target form"},
      {"GET / x HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character in path"},
      {"GET /\tHTTP/1.1\r\nHost: a\r\n\r\n", 400, "request line"},
      {"GET /\r\n\r\n", 400, "request line"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "request line"},
      {"GET / HTTP/1\r\nHost: a\r\n\r\n", 400, "request line"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", 400, "request line"},
      {"GET / HTTP/0.9\r\nHost: a\r\n\r\n", 505, "version"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "version"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "version"},
      {"\x16\x03\x01\x02", 400, "not HTTP"},
      // Host.
      {"GET / HTTP/1.1\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400, "host"},
      {"GET / HTTP/1.0\r\n\r\n", 400, "host"},
      // Headers.
      {get(": x\r\n"), 400, "header without name"},
      {get("X\r\n"), 400, "header without name"},
      {get("X Y: z\r\n"), 400, "header name"},
      {get("X(: z\r\n"), 400, "header name"},
      {get("X\xC3\xA1: z\r\n"), 400, "header name"},
      {get("Content-Type: a/b\r\nContent-Type: c/d\r\n"), 400, "repeated header"},
      {get("Origin: http://a\r\nOrigin: http://b\r\n"), 400, "repeated header"},
      // Too much.
      {"GET /" + std::string(4096, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414, "target too long"},
      {"GET /" + std::string(20000, 'a'), 414, "target too long"},
      {get(many("X: y\r\n", 64)), 431, "too many headers"},
      {get("X: " + std::string(20000, 'a') + "\r\n"), 431, "head too long"},
      {"GET / HTTP/1.1\r\nX: " + std::string(20000, 'a'), 431, "head too long"},
  };
}

TEST_CASE("everything that two readers could understand differently is refused") {
  for (const auto& [bytes, status, reason] : refusal_cases()) {
    CAPTURE(bytes.substr(0, 160));
    const auto outcome = parse(bytes);
    REQUIRE(std::holds_alternative<Refusal>(outcome));
    CHECK(std::get<Refusal>(outcome).status == status);
    CHECK(std::string(std::get<Refusal>(outcome).reason) == reason);
  }
}

TEST_CASE("the same bytes give the same outcome however they are cut") {
  auto cases = refusal_cases();
  cases.push_back({get(many("X: y\r\n", 60)), 0, ""});
  cases.push_back({post("Content-Length: 3\r\n", "abc"), 0, ""});
  for (const auto& [bytes, status, reason] : cases) {
    CAPTURE(bytes.substr(0, 160));
    HeadScanner whole{HeadLimits{}};
    const auto expected = whole.scan(bytes);
    HeadScanner piecewise{HeadLimits{}};
    std::optional<Refusal> got;
    for (std::size_t length = 1; length <= bytes.size() && !got; ++length) {
      got = piecewise.scan(std::string_view(bytes).substr(0, length));
    }
    CHECK(got.has_value() == expected.has_value());
    if (got && expected) CHECK(got->reason == expected->reason);
    CHECK(piecewise.head_bytes() == whole.head_bytes());
  }
}

TEST_CASE("an incomplete request is neither accepted nor refused") {
  const std::string request = post("Content-Length: 3\r\n", "abc");
  for (std::size_t length = 0; length < request.size(); ++length) {
    CHECK(std::holds_alternative<NeedMore>(parse(request.substr(0, length))));
  }
  CHECK(std::holds_alternative<ParsedRequest>(parse(request)));
}
