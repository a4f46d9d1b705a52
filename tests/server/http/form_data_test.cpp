#include "server/http/form_data.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {
using Fields = std::vector<std::pair<std::string, std::string>>;
}

TEST_CASE("a urlencoded form is read as browsers write it") {
  struct Case {
    std::string body;
    Fields fields;
  };
  const Case cases[] = {
      {"", {}},
      {"a=1", {{"a", "1"}}},
      {"a=1&b=2", {{"a", "1"}, {"b", "2"}}},
      {"a=", {{"a", ""}}},
      {"a", {{"a", ""}}},
      {"a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
      {"a=1=2", {{"a", "1=2"}}},
      {"q7=x&q7=y&q7=x", {{"q7", "x"}, {"q7", "y"}, {"q7", "x"}}},
      {"t=m%E1%BB%99t+hai", {{"t", "một hai"}}},
      {"t=mo%CC%A3%CC%82t", {{"t", "một"}}},  // decomposed letters are composed
      {"t=a%0D%0Ab", {{"t", "a\nb"}}},
      {"t=a%07b", {{"t", "ab"}}},
      {"t=\xE1\xBB\x99", {{"t", "ộ"}}},
      {"a%5B0%5D=%2B%26%3D%25", {{"a[0]", "+&=%"}}},
  };
  for (const auto& [body, fields] : cases) {
    CAPTURE(body);
    const auto form = parse_urlencoded(body);
    REQUIRE(form);
    CHECK(form->fields() == fields);
  }
}

TEST_CASE("a broken form is refused with its reason") {
  struct Case {
    std::string body;
    ErrorCode code;
    std::string where;
  };
  const Case cases[] = {
      {"a=%", ErrorCode::bad_request, "a"},
      {"a=%4", ErrorCode::bad_request, "a"},
      {"a=%zz", ErrorCode::bad_request, "a"},
      {"%G0=1", ErrorCode::bad_request, "name"},
      {"a=x\ny", ErrorCode::bad_request, "a"},
      {std::string("a=x\0y", 5), ErrorCode::bad_request, "a"},
      {"a=%FF", ErrorCode::not_utf8, "a"},
      {"a=%C0%80", ErrorCode::not_utf8, "a"},
      {"a=%ED%A0%80", ErrorCode::not_utf8, "a"},
      {"a=x%00y", ErrorCode::not_utf8, "a"},
      {"%FF=1", ErrorCode::not_utf8, "name"},
      {std::string(201, 'n') + "=1", ErrorCode::too_large, "name_bytes"},
      {"a=" + std::string((64 << 10) + 1, 'v'), ErrorCode::too_large, "value_bytes"},
  };
  for (const auto& [body, code, where] : cases) {
    CAPTURE(body.substr(0, 40));
    const auto form = parse_urlencoded(body);
    REQUIRE_FALSE(form);
    CHECK(name_of(form.error().code) == name_of(code));
    CHECK(form.error().where == where);
  }
}

TEST_CASE("the number of fields is limited") {
  std::string body;
  for (int i = 0; i < 10; ++i) body += "f=1&";
  CHECK(parse_urlencoded(body, {10, 200, 100}));
  CHECK(parse_urlencoded(body, {9, 200, 100}).error().code == ErrorCode::too_large);
}

TEST_CASE("one value means exactly one") {
  const FormData form(Fields{{"a", "1"}, {"b", "2"}, {"b", "3"}});
  CHECK(form.one("a") == "1");
  CHECK_FALSE(form.one("b").has_value());
  CHECK_FALSE(form.one("c").has_value());
  CHECK(form.all("b") == std::vector<std::string_view>{"2", "3"});
  CHECK(form.has("b"));
  CHECK_FALSE(form.has("c"));
}

TEST_CASE("what is written is read back") {
  const FormData form(Fields{{"tên & họ", "Nông Văn Đền\ntổ 3"}, {"q", ""}, {"q", "50% + =&?"}});
  const auto again = parse_urlencoded(to_urlencoded(form));
  REQUIRE(again);
  CHECK(*again == form);
}
