#include "server/html/direction.h"

#include <algorithm>
#include <string>

namespace khaosat {

namespace {

// Western Cham is met in Viet Nam in Arabic letters, hence the scripts and not only the languages.
constexpr std::string_view kScripts[] = {"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"};
constexpr std::string_view kLanguages[] = {"ar", "arc", "azb", "ckb", "dv",  "fa",  "he", "iw", "ks", "lrc", "mzn",
                                           "nqo", "pnb", "prs", "ps", "rhg", "sd", "syr", "ug", "ur", "yi"};

template <typename List>
bool contains(const List& list, const std::string& word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace

bool is_written_from_right(std::string_view language) {
  std::string first, part;
  bool is_first = true;
  const std::string tag = std::string(language) + "-";
  for (const char c : tag) {
    if (c != '-' && c != '_') {
      part += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      continue;
    }
    if (is_first) {
      first = part;
    } else if (part.size() == 4 && !(part[0] >= '0' && part[0] <= '9')) {
      return contains(kScripts, part);
    }
    is_first = false;
    part.clear();
  }
  return contains(kLanguages, first);
}

}  // namespace khaosat
