#include "server/gate/answer_text.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {
RawAnswer answer(int status, const std::string& body) {
  RawAnswer made;
  made.status = status;
  if (!body.empty()) made.body = std::make_shared<const std::string>(body);
  return made;
}
}  // namespace

TEST_CASE("an answer says how long it is and whether the connection stays") {
  const auto text = to_text(answer(200, "abc"), "GET", true, "today");
  CHECK(text.head ==
        "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\n");
  CHECK(*text.body == "abc");
  CHECK(to_text(answer(200, ""), "GET", false, "today").head.find("Connection: close") !=
        std::string::npos);
}

TEST_CASE("HEAD gets the length without the body, and 204 and 304 get neither") {
  const auto head = to_text(answer(200, "abc"), "HEAD", true, "");
  CHECK(head.head.find("Content-Length: 3") != std::string::npos);
  CHECK_FALSE(head.body);
  for (const int status : {204, 304}) {
    const auto text = to_text(answer(status, "abc"), "GET", true, "");
    CHECK(text.head.find("Content-Length") == std::string::npos);
    CHECK_FALSE(text.body);
  }
}

TEST_CASE("a header that could split the answer makes it an empty 500") {
  const HeaderList bad[] = {{{"Location", "/a\r\nSet-Cookie: x=y"}}, {{"X\r\nY", "z"}}, {{"X", std::string("a\0b", 3)}},
                            {{"X: y", "z"}}, {{"", "z"}}, {{"X", "a\nb"}}};
  for (const auto& headers : bad) {
    RawAnswer made = answer(200, "secret");
    made.headers = headers;
    const auto text = to_text(made, "GET", true, "");
    CHECK(text.head.rfind("HTTP/1.1 500 ", 0) == 0);
    CHECK(text.head.find("Connection: close") != std::string::npos);
    CHECK(text.head.find("Set-Cookie") == std::string::npos);
    CHECK_FALSE(text.body);
  }
}

TEST_CASE("dates are written as RFC 9110 shows them") {
  CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
