// Vietnamese text: validity, normal form, counting and sorting. Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace khaosat {

// True when the bytes are well-formed UTF-8 without NUL.
bool is_utf8(std::string_view bytes);

// NFC with control characters other than newline and tab removed; nothing if not UTF-8.
std::optional<std::string> clean_text(std::string_view bytes);

// What a person counts as letters (grapheme clusters). The text must be valid UTF-8.
std::size_t letter_count(std::string_view text);

// A key for searching: lower case, no tone or vowel marks, đ as d.
std::string search_key(std::string_view text);

// The same word in upper and lower case gives the same text; marks stay. NFC.
std::string fold_case(std::string_view text);

// Levenshtein distance in bytes; for "did you mean".
std::size_t edit_distance(std::string_view a, std::string_view b);
// The nearest of the candidates, if one is near enough to be a slip of the finger. Nothing for a word
// of more than 64 bytes.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& candidates);

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);

}  // namespace khaosat
