// Texts cut to what a file format takes, never inside a letter: "ế" written as three code points stays
// whole or goes. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

namespace khaosat::exports {

// The text, or its beginning with "…", in at most `most` bytes (at least 4). UTF-8 in, UTF-8 out.
std::string cut_bytes(std::string_view text, std::size_t most);
// Likewise in at most `most` code points (at least 1).
std::string cut_letters(std::string_view text, std::size_t most);
// Likewise in at most `most` units of UTF-16 (at least 2), as spreadsheets count.
std::string cut_utf16(std::string_view text, std::size_t most);
std::size_t utf16_units(std::string_view text);

}  // namespace khaosat::exports
