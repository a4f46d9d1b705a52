#include "server/pages/word_search.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

bool matches_words(std::string_view wanted, std::string_view text) {
  const std::string in = search_key(text);
  const auto words = split(search_key(wanted), ' ');
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) { return in.find(word) != std::string::npos; });
}

std::string words_wanted(const Request& request) {
  const auto asked = request.query.one("q");
  return asked ? clean_text(asked->substr(0, std::min<std::size_t>(asked->size(), 200))).value_or("") : std::string();
}

}  // namespace khaosat
