#include "server/security/tokens.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cctype>
#include <set>

using namespace khaosat;

TEST_CASE("a token is found again by its text and by nothing else") {
  const Token token = make_token();
  CHECK(token.text.size() == 52);
  CHECK(token_digest(token.text) == token.digest);
  for (std::size_t i = 0; i < token.text.size(); ++i) {
    std::string other = token.text;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    CHECK(token_digest(other) != token.digest);
  }
}

TEST_CASE("texts that cannot be tokens have no digest") {
  const std::string good = make_token().text;
  CHECK_FALSE(token_digest("").has_value());
  CHECK_FALSE(token_digest(good.substr(1)).has_value());
  CHECK_FALSE(token_digest(good + "A").has_value());
  CHECK_FALSE(token_digest("!" + good.substr(1)).has_value());
  CHECK_FALSE(token_digest(std::string(100000, '-')).has_value());
}

TEST_CASE("tokens and codes do not repeat") {
  std::set<std::string> seen;
  for (int i = 0; i < 2000; ++i) {
    seen.insert(make_token().text);
    seen.insert(make_one_time_code().text);
  }
  CHECK(seen.size() == 4000);
}

TEST_CASE("a one-time code is recognised as people type it") {
  const Token code = make_one_time_code();
  CHECK(code.text.size() == 19);
  std::string lower = code.text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string bare = code.text;
  bare.erase(std::remove(bare.begin(), bare.end(), '-'), bare.end());
  std::string confused = code.text;
  std::replace(confused.begin(), confused.end(), '0', 'O');
  std::replace(confused.begin(), confused.end(), '1', 'l');
  for (const auto& typed : {code.text, lower, bare, confused, " " + code.text + " "}) {
    CAPTURE(typed);
    CHECK(one_time_code_digest(typed) == code.digest);
  }
  CHECK_FALSE(one_time_code_digest(bare.substr(1)).has_value());
  CHECK_FALSE(token_digest(code.text).has_value());
}
