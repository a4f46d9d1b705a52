#include "server/exports/cut_text.h"

#include "base/text.h"

namespace khaosat::exports {

namespace {

constexpr std::string_view kMore = "…";

bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// A cut is between two letters when both sides together have no more letters than the whole. Looks only
// a little way around the cut, as nothing a letter is made of reaches farther in practice.
bool is_between_letters(std::string_view text, std::size_t at) {
  constexpr std::size_t kAround = 64;
  std::size_t from = at > kAround ? at - kAround : 0;
  while (from > 0 && !begins_code_point(text[from])) --from;
  std::size_t to = std::min(text.size(), at + kAround);
  while (to < text.size() && !begins_code_point(text[to])) ++to;
  const auto part = text.substr(from, to - from);
  return letter_count(part) == letter_count(part.substr(0, at - from)) + letter_count(part.substr(at - from));
}

// The longest beginning of whole letters within `at` bytes.
std::string_view whole_letters(std::string_view text, std::size_t at) {
  while (at > 0 && (!begins_code_point(text[at]) || !is_between_letters(text, at))) --at;
  return text.substr(0, at);
}

}  // namespace

std::string cut_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  if (!is_utf8(text) || most < kMore.size()) return {};
  return std::string(whole_letters(text, most - kMore.size())) + std::string(kMore);
}

std::string cut_letters(std::string_view text, std::size_t most) {
  std::size_t count = 0;
  std::size_t before_last = 0;  // where the last code point that fits begins
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!begins_code_point(text[at])) continue;
    if (++count == most) before_last = at;
    if (count > most) return std::string(whole_letters(text, before_last)) + std::string(kMore);
  }
  return std::string(text);
}

}  // namespace khaosat::exports
