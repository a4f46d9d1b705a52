// Percent-encoding of URIs and forms (RFC 3986 section 2.1). Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

// Decodes once. Nothing if a '%' is not followed by two hex digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

// Encodes everything but letters, digits and "-._~".
std::string percent_encode(std::string_view text);

}  // namespace khaosat
