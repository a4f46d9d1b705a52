#include "server/http/path_pattern.h"

#include <catch2/catch.hpp>

using namespace khaosat;

TEST_CASE("patterns match whole paths only") {
  const auto pattern = PathPattern::create("/s/([a-z0-9-]{1,64})").value();
  CHECK(pattern.literal_prefix() == "/s/");
  CHECK(pattern.matches("/s/ngan-son-2026"));
  for (const std::string path : {"/s/", "/s/a/", "/s/a/b", "x/s/a", "/s/A", "/s/a\n"}) {
    CHECK_FALSE(pattern.matches(path));
  }
  CHECK_FALSE(pattern.matches("/s/" + std::string(65, 'a')));
}

TEST_CASE("the literal beginning never excludes a path that matches") {
  struct Case {
    std::string pattern, path;
  };
  const Case cases[] = {{"/a{2}b", "/aab"}, {"/ab?", "/a"}, {"/a|/b", "/b"}, {"/x(a|b)", "/xb"},
                        {"/a\\.css", "/a.css"}, {"/", "/"}};
  for (const auto& [pattern, path] : cases) {
    CAPTURE(pattern);
    CHECK(PathPattern::create(pattern).value().matches(path));
  }
}

TEST_CASE("patterns without bound are refused, whatever they hide behind") {
  for (const std::string pattern : {"/.*", "/[a-z]+", "/[a-z]*", "/a.b", "/[a]{1,}", "/(.)", "s/x", "", "/(", "/[a"}) {
    CAPTURE(pattern);
    const auto made = PathPattern::create(pattern);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::config_bad_value);
    CHECK(made.error().where == pattern);
  }
  CHECK(PathPattern::create("/x/([A-Za-z0-9._+*-]{1,120})"));
  CHECK(PathPattern::create("/a\\.css"));
}

TEST_CASE("a path of any length is answered without exhausting the stack") {
  const auto pattern = PathPattern::create("/s/([a-z]{1,400})").value();
  CHECK_FALSE(pattern.matches("/s/" + std::string(100000, 'a')));
}
