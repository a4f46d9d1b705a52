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

}  // namespace khaosat::exports
