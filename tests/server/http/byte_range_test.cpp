#include "server/http/byte_range.h"

#include <catch2/catch.hpp>

#include "server/http/finish_response.h"

using namespace khaosat;

namespace {

struct Case {
  const char* header;
  std::optional<std::pair<std::size_t, std::size_t>> range;  // first, length
};

RawAnswer answer_to(HeaderList headers, std::string method = "GET") {
  Request request;
  request.method = std::move(method);
  request.headers = std::move(headers);
  const auto body = std::make_shared<const std::string>("0123456789");
  return finish_response(ranged_response(request, body, "\"tag\"", "audio/ogg"), request);
}

std::string header(const RawAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

TEST_CASE("a range is understood as RFC 9110 writes it, and everything else asks for the whole") {
  const Case cases[] = {
      {"bytes=0-1", {{0, 2}}},      {"bytes=0-", {{0, 10}}},      {"bytes=3-5", {{3, 3}}},   {"bytes=9-9", {{9, 1}}},
      {"bytes=5-999", {{5, 5}}},    {"bytes=-3", {{7, 3}}},       {"bytes=-99", {{0, 10}}},  {"bytes=-0", {{10, 0}}},
      {"bytes=10-", {{10, 0}}},     {"bytes=10-20", {{10, 0}}},   {"bytes=5-3", {}},         {"bytes=-", {}},
      {"bytes=", {}},               {"bytes=a-b", {}},            {"bytes=+1-2", {}},        {"bytes= 1-2", {}},
      {"bytes=0x1-2", {}},          {"bytes=1-2-3", {}},          {"items=0-1", {}},         {"", {}},
      {"bytes=99999999999999999999-", {}}, {"bytes=0-99999999999999999999", {}}, {"bytes=--1", {}},
  };
  for (const auto& one : cases) {
    INFO(one.header);
    const auto range = byte_range(one.header, 10);
    REQUIRE(range.has_value() == one.range.has_value());
    if (!range) continue;
    CHECK(range->first == one.range->first);
    CHECK(range->length == one.range->second);
    CHECK(range->first + range->length <= 10);
  }
  CHECK(byte_range("bytes=0-0", 0)->length == 0);
}

TEST_CASE("a part is sent as a part, the whole as the whole, with the same tag") {
  const auto part = answer_to({{"range", "bytes=2-4"}});
  CHECK(part.status == 206);
  CHECK(*part.body == "234");
  CHECK(header(part, "Content-Range") == "bytes 2-4/10");
  CHECK(header(part, "ETag") == "\"tag\"");
  CHECK(header(part, "Content-Type") == "audio/ogg");

  for (const auto& headers : {HeaderList{}, HeaderList{{"range", "bytes=4-2"}}, HeaderList{{"range", "bytes=2-4"}, {"if-range", "\"older\""}}}) {
    const auto whole = answer_to(headers);
    CHECK(whole.status == 200);
    CHECK(*whole.body == "0123456789");
    CHECK(header(whole, "ETag") == "\"tag\"");
    CHECK(header(whole, "Accept-Ranges") == "bytes");
    CHECK(header(whole, "Content-Encoding").empty());
  }
  CHECK(answer_to({{"range", "bytes=2-4"}, {"if-range", "\"tag\""}}).status == 206);
  CHECK(answer_to({{"range", "bytes=2-4"}}, "HEAD").status == 200);
}

TEST_CASE("what lies behind the end is refused with the size, and what is known already is not sent again") {
  const auto behind = answer_to({{"range", "bytes=10-"}});
  CHECK(behind.status == 416);
  CHECK(header(behind, "Content-Range") == "bytes */10");
  CHECK(answer_to({{"if-none-match", "\"tag\""}}).status == 304);
  CHECK(answer_to({{"if-none-match", "\"tag\""}, {"range", "bytes=0-1"}}).status == 304);
}
