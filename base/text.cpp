#include "base/text.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace khaosat {

namespace {
const utf8proc_uint8_t* raw(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

std::optional<std::string> map_text(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(raw(text), static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                   static_cast<utf8proc_option_t>(options));
  if (length < 0) return std::nullopt;
  std::string result(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
  std::free(mapped);
  return result;
}
}  // namespace

bool is_utf8(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used =
        utf8proc_iterate(raw(bytes.substr(at)), static_cast<utf8proc_ssize_t>(bytes.size() - at), &point);
    if (used <= 0 || point == 0) return false;
    at += static_cast<std::size_t>(used);
  }
  return true;
}

std::optional<std::string> clean_text(std::string_view bytes) {
  // Nearly everything a form holds is the code of an option, for which no table is needed.
  const bool is_plain = std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (is_plain) return std::string(bytes);
  if (!is_utf8(bytes)) return std::nullopt;
  // Before composing: a control character between a letter and its mark keeps them apart.
  std::string kept;
  kept.reserve(bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte >= 0x20 && byte != 0x7F) || c == '\n' || c == '\t') kept += c;
  }
  return map_text(kept, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::size_t letter_count(std::string_view text) {
  std::size_t count = 0;
  std::size_t at = 0;
  utf8proc_int32_t previous = 0;
  utf8proc_int32_t state = 0;
  while (at < text.size()) {
    utf8proc_int32_t point = 0;
    const utf8proc_ssize_t used =
        utf8proc_iterate(raw(text.substr(at)), static_cast<utf8proc_ssize_t>(text.size() - at), &point);
    if (used <= 0) return count + (text.size() - at);
    if (at == 0 || utf8proc_grapheme_break_stateful(previous, point, &state)) ++count;
    previous = point;
    at += static_cast<std::size_t>(used);
  }
  return count;
}

std::string fold_case(std::string_view text) {
  return map_text(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD).value_or(std::string(text));
}

std::string search_key(std::string_view text) {
  auto stripped = map_text(text, UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
  if (!stripped) return std::string(text);
  std::string key;
  for (std::size_t i = 0; i < stripped->size(); ++i) {
    const bool is_d_with_stroke = (*stripped)[i] == '\xC4' && i + 1 < stripped->size() &&
                                  ((*stripped)[i + 1] == '\x91' || (*stripped)[i + 1] == '\x90');
    if (is_d_with_stroke) {
      key += 'd';
      ++i;
    } else {
      key += (*stripped)[i];
    }
  }
  return key;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestWord = 64;  // the cost grows with the product of the lengths
  if (word.size() > kLongestWord) return std::nullopt;
  const std::size_t limit = std::max<std::size_t>(2, word.size() / 3);
  std::optional<std::string> best;
  std::size_t best_distance = limit + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i == text.size() || text[i] == separator) {
      parts.emplace_back(text.substr(start, i - start));
      start = i + 1;
    }
  }
  return parts;
}

std::string_view trim(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace khaosat
