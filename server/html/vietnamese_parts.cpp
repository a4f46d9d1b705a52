#include "server/html/vietnamese_parts.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace khaosat {

namespace {

// ă â đ ê ô ơ ư, and all vowels with tone marks, in UTF-8. Letters of Latin-1 that other languages of
// Europe use as well (é, ô, …) count here: the page itself is English.
bool has_vietnamese_letter(std::string_view word) {
  for (std::size_t i = 0; i + 1 < word.size(); ++i) {
    const auto lead = static_cast<unsigned char>(word[i]);
    const auto next = static_cast<unsigned char>(word[i + 1]);
    // Latin-1 letters but × and ÷; Latin Extended-A ă đ ĩ ũ; ơ ư; Latin Extended Additional with the tones.
    if (lead == 0xc3 && next != 0x97 && next != 0xb7) return true;
    if (lead == 0xc4 && (next == 0x82 || next == 0x83 || next == 0x90 || next == 0x91 || next == 0xa8 || next == 0xa9)) return true;
    if (lead == 0xc5 && (next == 0xa8 || next == 0xa9)) return true;
    if (lead == 0xc6 && (next == 0xa0 || next == 0xa1 || next == 0xaf || next == 0xb0)) return true;
    if (lead == 0xe1 && (next == 0xba || next == 0xbb)) return true;
  }
  return false;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// The part from the first to the last Vietnamese word; empty if there is none.
std::pair<std::size_t, std::size_t> vietnamese_part(std::string_view text) {
  std::size_t from = text.size();
  std::size_t to = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !is_blank(text[end])) ++end;
    if (has_vietnamese_letter(text.substr(at, end - at))) {
      from = std::min(from, at);
      to = end;
    }
    at = end;
  }
  return {from, to};
}

// The name of the tag that begins at '<', lower case as our templates write it.
std::string_view tag_name(std::string_view tag) {
  std::size_t end = 1;
  while (end < tag.size() && ((tag[end] >= 'a' && tag[end] <= 'z') || (tag[end] >= '0' && tag[end] <= '9'))) ++end;
  return tag.substr(1, end - 1);
}

}  // namespace

std::string with_vietnamese_marked(const std::string& html) {
  constexpr std::array<std::string_view, 4> kTextOnly = {"title", "textarea", "style", "script"};
  std::string marked;
  marked.reserve(html.size() + html.size() / 8);
  std::string_view page = html;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t tag = std::min(page.find('<', at), page.size());
    const std::string_view text = page.substr(at, tag - at);
    const auto [from, to] = vietnamese_part(text);
    if (from < to) {
      marked.append(text.substr(0, from)).append("<span lang=\"vi\">").append(text.substr(from, to - from)).append("</span>").append(text.substr(to));
    } else {
      marked.append(text);
    }
    if (tag == page.size()) break;
    std::size_t end = std::min(page.find('>', tag), page.size() - 1) + 1;
    const std::string_view name = tag_name(page.substr(tag, end - tag));
    if (std::find(kTextOnly.begin(), kTextOnly.end(), name) != kTextOnly.end()) {
      end = std::min(page.find("</" + std::string(name), end), page.size());
    } else if (name == "option") {
      const std::size_t close = std::min(page.find("</option", end), page.size());
      const bool vietnamese = has_vietnamese_letter(page.substr(end, close - end));
      marked.append("<option").append(vietnamese ? " lang=\"vi\"" : "").append(page.substr(tag + 7, close - tag - 7));
      at = close;
      continue;
    }
    marked.append(page.substr(tag, end - tag));
    at = end;
  }
  return marked;
}

}  // namespace khaosat
