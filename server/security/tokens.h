// Secrets that are handed out once and recognised later. Only digests are stored, so a stolen file
// opens nothing. Thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace khaosat {

struct Token {
  std::string text;  // what the browser or the person keeps
  Digest digest;     // what the database keeps: SHA-256 of the normalised text
};

// 256 random bits as 52 characters of Crockford base 32: sessions, setup links, CSRF seeds.
Token make_token();
// The digest to look a token up by; nothing if it cannot be one (wrong length or letters).
std::optional<Digest> token_digest(std::string_view text);

// 80 random bits for people to copy by hand, "7QFK-2M9X-C0HT-5R8W". Enough to be stored without a
// slow hash. Reading forgives case, hyphens, blanks and O/0, I/L/1.
Token make_one_time_code();
std::optional<Digest> one_time_code_digest(std::string_view typed);

}  // namespace khaosat
