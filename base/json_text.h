// Writing JSON text without a document in memory. For reading use the catalogue's strict reader.
#pragma once

#include <string>
#include <string_view>

namespace khaosat {

// A JSON string literal. Bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);
// The shortest decimal that reads back as the same double; "null" for NaN and infinities.
std::string json_number(double value);

}  // namespace khaosat
