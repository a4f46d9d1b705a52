// "type/subtype; name=value; name=\"quoted\"" and what is written like it (RFC 9110 section 8.3.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace khaosat {

struct MediaType {
  std::string type;  // lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case

  std::optional<std::string> parameter(std::string_view lower_case_name) const;
};

// Nothing if it is not well-formed or a parameter stands twice.
std::optional<MediaType> parse_media_type(std::string_view text);

std::string lower_ascii(std::string_view text);

}  // namespace khaosat
