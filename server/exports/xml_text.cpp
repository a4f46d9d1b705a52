#include "server/exports/xml_text.h"

namespace khaosat::exports {

std::string xml_text(std::string_view text) {
  std::string clean;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    const auto three = text.substr(at, 3);
    if (three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF") {
      at += 2;
    } else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') {
      clean += c;
    }
  }
  return clean;
}

}  // namespace khaosat::exports
