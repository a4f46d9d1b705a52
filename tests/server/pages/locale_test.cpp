#include <catch2/catch.hpp>
#include <set>

#include "server/html/locale.h"

using namespace khaosat;

namespace {
constexpr std::string_view kErrors[] = {
#define KHAOSAT_ERROR_TEXT(name, http_status, exit_code) #name,
    KHAOSAT_ERRORS(KHAOSAT_ERROR_TEXT)
#undef KHAOSAT_ERROR_TEXT
};

std::set<std::string> words_of(const std::string& sentence) {
  std::set<std::string> words;
  for (auto open = sentence.find('{'); open != std::string::npos; open = sentence.find('{', open + 1)) {
    words.insert(sentence.substr(open, sentence.find('}', open) - open));
  }
  return words;
}
}  // namespace

TEST_CASE("every error has its sentence in every language, and every sentence its error") {
  const auto locales = Locales::load(embedded_files());
  REQUIRE(locales);
  const std::string language = GENERATE("vi", "en");
  std::set<std::string> known;
  for (const auto name : kErrors) {
    const std::string key = "error." + std::string(name);
    known.insert(key);
    INFO(language << " " << key);
    CHECK(locales->has_key(language, key));
  }
  for (const auto& [key, sentence] : locales->all(language)) {
    if (!key.starts_with("error.")) continue;
    INFO(key << " is a sentence for no error");
    CHECK(known.count(key) == 1);
  }
}

TEST_CASE("English says what Vietnamese says: the same keys and the same words to fill in") {
  const auto locales = Locales::load(embedded_files());
  REQUIRE(locales);
  for (const auto& [key, sentence] : locales->all("vi")) {
    INFO(key);
    REQUIRE(locales->has_key("en", key));
    CHECK(words_of(sentence) == words_of(locales->all("en").at(key)));
  }
}
