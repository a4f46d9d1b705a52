// Text as XML can hold it. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

namespace khaosat::exports {

// Without what XML 1.0 has no way to write: control characters but newline and tab, U+FFFE, U+FFFF. UTF-8 in and out.
std::string xml_text(std::string_view text);

}  // namespace khaosat::exports
