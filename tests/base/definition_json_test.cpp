#include "base/definition_json.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {
struct Case {
  std::string text;
  ErrorCode code;
  std::string place;
};
}  // namespace

TEST_CASE("text that is not one sound JSON document is refused with its place") {
  const auto bomb = std::string(100000, '[');
  const auto [text, code, place] = GENERATE_COPY(
      Case{"{\"a\":1,\"a\":2}", ErrorCode::duplicate_key, "/a"},
      Case{"{\"x\":[{\"k\":1,\"k\":{\"z\":1}}]}", ErrorCode::duplicate_key, "/x/0/k"},
      Case{"{\"a\":", ErrorCode::bad_json, ""}, Case{"", ErrorCode::bad_json, ""},
      Case{"{} {}", ErrorCode::bad_json, ""}, Case{"\"\xFF\"", ErrorCode::not_utf8, ""},
      Case{"[\"\\u0000\"]", ErrorCode::not_utf8, ""},
      Case{bomb, ErrorCode::too_deep, ""});
  auto file = parse_definition("f.json", text);
  REQUIRE(file.faults().size() == 1);
  CHECK(file.faults()[0].code == code);
  if (!place.empty()) CHECK(file.faults()[0].place == place);
}

TEST_CASE("all faults of a document are reported at once, with pointers") {
  auto file = parse_definition(
      "f.json", R"({"id":"Bad Id","weight":"3","titel":{"en":"x"},"list":[],"when":"2025-02-30"})");
  const auto root = file.root();
  root.only_keys({"id", "weight", "title", "list", "when"});
  root.required_id("id");
  root.required_number("weight");
  root.required_local_text("title");
  root.required_items("list");
  root.required_date("when");
  std::vector<std::string> places;
  for (const auto& fault : file.faults()) places.push_back(fault.place);
  CHECK(places == std::vector<std::string>{"/titel", "/id", "/weight", "", "/list", "/when"});
  CHECK(file.faults()[0].message.find("\"title\"") != std::string::npos);
}

TEST_CASE("the hash is the one sha256sum prints") {
  CHECK(parse_definition("f", "abc").hash() ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("decomposed Vietnamese in a definition is read composed") {
  auto file = parse_definition("f", "{\"t\":{\"vi\":\"Vie\xCC\xA3\xCC\x82t\"}}");
  CHECK(file.root().required_local_text("t").in("en") == "Việt");
}
