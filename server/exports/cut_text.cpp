#include "server/exports/cut_text.h"

#include "base/text.h"

namespace khaosat::exports {

namespace {

constexpr std::string_view kMore = "…";

bool begins_code_point(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

// By the first byte of a code point: what lies beyond U+FFFF takes two.
std::size_t units_of(char first) { return static_cast<unsigned char>(first) >= 0xF0U ? 2 : 1; }

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

std::string cut_utf16(std::string_view text, std::size_t most) {
  std::size_t units = 0;
  std::size_t last = 0;  // the last border of code points that leaves room for "…"
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!begins_code_point(text[at])) continue;
    if (units < most) last = at;
    units += units_of(text[at]);
    if (units > most) return std::string(whole_letters(text, last)) + std::string(kMore);
  }
  return std::string(text);
}

std::size_t utf16_units(std::string_view text) {
  std::size_t units = 0;
  for (const char byte : text) {
    if (begins_code_point(byte)) units += units_of(byte);
  }
  return units;
}

}  // namespace khaosat::exports
