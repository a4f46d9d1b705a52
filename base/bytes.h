// Byte strings, their text forms and their digests. Pure; thread safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view message);
inline std::string_view view_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view text);

// Crockford base 32, upper case, no padding; reading accepts lower case, hyphens and the usual
// confusions (O for 0, I and L for 1). Bits are taken from the front; 5 bits a character.
std::string to_base32(std::string_view bytes, std::size_t characters);
std::optional<std::string> normalise_base32(std::string_view typed);

// Bytes from the operating system's generator (RAND_bytes); ends the process if it has none.
std::string random_bytes(std::size_t count);

// Compares in a time that does not depend on the content.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace khaosat
