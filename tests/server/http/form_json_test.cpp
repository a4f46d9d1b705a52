#include <catch2/catch.hpp>

#include "server/http/form_data.h"

using namespace khaosat;

namespace {
using Fields = std::vector<std::pair<std::string, std::string>>;
std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}
}  // namespace

TEST_CASE("answers in JSON become the same fields as a form") {
  struct Case {
    std::string body;
    Fields fields;
  };
  const Case cases[] = {
      {"{}", {}},
      {R"({"a":"1"})", {{"a", "1"}}},
      {R"( {"q1" : 3 , "q2":-4, "q3":2.50, "q4":1e3} )",
       {{"q1", "3"}, {"q2", "-4"}, {"q3", "2.50"}, {"q4", "1e3"}}},
      {R"({"q7":["x","y",3],"q8":[]})", {{"q7", "x"}, {"q7", "y"}, {"q7", "3"}}},
      {R"({"t":"m\u1ed9t\r\nhai"})", {{"t", "một\nhai"}}},
      {R"({"t":"mo\u0323\u0302t"})", {{"t", "một"}}},
      {R"({"t":"]]]]]]{{{{\"[["})", {{"t", "]]]]]]{{{{\"[["}}},
      {R"({"n":18446744073709551616})", {{"n", "18446744073709551616"}}},
  };
  for (const auto& [body, fields] : cases) {
    CAPTURE(body);
    const auto form = parse_json_form(body);
    REQUIRE(form);
    CHECK(form->fields() == fields);
  }
}

TEST_CASE("JSON that is not a flat list of answers is refused with its reason") {
  struct Case {
    std::string body;
    ErrorCode code;
  };
  const Case cases[] = {
      {"", ErrorCode::bad_json},
      {"{", ErrorCode::bad_json},
      {R"({"a":"1"} x)", ErrorCode::bad_json},
      {R"({"a":"1",})", ErrorCode::bad_json},
      {R"({'a':1})", ErrorCode::bad_json},
      {R"({"a":NaN})", ErrorCode::bad_json},
      {R"({"a":01})", ErrorCode::bad_json},
      {R"({"a":"\ud800"})", ErrorCode::bad_json},
      {R"({"a":"\u0000"})", ErrorCode::not_utf8},
      {"{\"a\":\"\xFF\"}", ErrorCode::not_utf8},
      {R"({"a":"1","a":"1"})", ErrorCode::duplicate_key},
      {R"({"a":"1","\u0061":"2"})", ErrorCode::duplicate_key},
      {R"({"\u1ed9":"1","o\u0323\u0302":"2"})", ErrorCode::duplicate_key},
      {"[]", ErrorCode::wrong_type},
      {"\"a\"", ErrorCode::wrong_type},
      {"3", ErrorCode::wrong_type},
      {"null", ErrorCode::wrong_type},
      {R"({"a":null})", ErrorCode::wrong_type},
      {R"({"a":true})", ErrorCode::wrong_type},
      {R"({"a":{"b":"1"}})", ErrorCode::wrong_type},
      {R"({"a":[["b"]]})", ErrorCode::wrong_type},
      {R"({"a":[[[["b"]]]]})", ErrorCode::too_deep},
      {repeated("[", 100000), ErrorCode::too_deep},
      {repeated("{\"a\":", 100000), ErrorCode::too_deep},
      {"{\"a\":\"" + std::string((64 << 10) + 1, 'x') + "\"}", ErrorCode::too_large},
      {"{\"" + std::string(201, 'x') + "\":1}", ErrorCode::too_large},
  };
  for (const auto& [body, code] : cases) {
    CAPTURE(body.substr(0, 60));
    const auto form = parse_json_form(body);
    REQUIRE_FALSE(form);
    CHECK(name_of(form.error().code) == name_of(code));
  }
}

TEST_CASE("too many values or keys are refused") {
  std::string values = "{\"a\":[1" + repeated(",1", 10) + "]}";
  CHECK(parse_json_form(values, {11, 200, 100}));
  CHECK(parse_json_form(values, {10, 200, 100}).error().code == ErrorCode::too_large);
  std::string keys = "{";
  for (int i = 0; i < 11; ++i) keys += (i ? "," : "") + ("\"k" + std::to_string(i) + "\":[]");
  keys += "}";
  CHECK(parse_json_form(keys, {11, 200, 100}));
  CHECK(parse_json_form(keys, {10, 200, 100}).error().code == ErrorCode::too_large);
}
