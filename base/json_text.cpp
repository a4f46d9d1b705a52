#include "base/json_text.h"

#include <utf8proc.h>

#include <charconv>
#include <cmath>

namespace khaosat {

std::string json_quoted(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text[at++];
    } else if (byte == '\n') {
      out += "\\n";
      ++at;
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
      ++at;
    } else if (byte < 0x80) {
      out += text[at++];
    } else {
      utf8proc_int32_t point = 0;
      const utf8proc_ssize_t used =
          utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data() + at),
                           static_cast<utf8proc_ssize_t>(text.size() - at), &point);
      if (used <= 0) {
        out += "\xEF\xBF\xBD";
        ++at;
      } else {
        out.append(text, at, static_cast<std::size_t>(used));
        at += static_cast<std::size_t>(used);
      }
    }
  }
  return out + "\"";
}

std::string json_number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  (void)error;
  return std::string(text, end);
}

}  // namespace khaosat
