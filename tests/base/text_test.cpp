#include "base/text.h"

#include <catch2/catch.hpp>

using namespace khaosat;

TEST_CASE("decomposed Vietnamese becomes composed and counts as people count") {
  const std::string decomposed = "Vie\xCC\xA3\xCC\x82t";
  CHECK(clean_text(decomposed) == "Việt");
  CHECK(letter_count(decomposed) == 4);
}

TEST_CASE("wrong UTF-8 and NUL are refused, control characters are dropped") {
  CHECK_FALSE(clean_text("\xFF").has_value());
  CHECK_FALSE(clean_text(std::string("a\0b", 3)).has_value());
  CHECK(clean_text("a\x01" "b\n") == "ab\n");
}

TEST_CASE("cleaning a clean text changes nothing") {
  for (const std::string text : {"A\x08\xCC\xA3", "o\x7F\xCC\x82\xCC\xA3\r\n", "một\thai\n", ""}) {
    const auto once = clean_text(text);
    REQUIRE(once.has_value());
    CHECK(clean_text(*once) == once);
  }
  CHECK(clean_text("A\x08\xCC\xA3") == "Ạ");
}

TEST_CASE("search ignores tone, vowel marks and the stroke of d") {
  CHECK(search_key("Đặng Thị Nguyệt") == "dang thi nguyet");
}

TEST_CASE("the nearest name is offered only when it is near") {
  CHECK(nearest("lisen", {"listen", "data"}) == "listen");
  CHECK_FALSE(nearest("colour", {"listen", "data"}).has_value());
}

TEST_CASE("folding case keeps the marks that tell words apart") {
  CHECK(khaosat::fold_case("TỐT") == khaosat::fold_case("tốt"));
  CHECK(khaosat::fold_case("Tốt") != khaosat::fold_case("Tot"));
}
