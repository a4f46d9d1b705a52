// Numbers as people in Viet Nam write them. Pure; thread safe.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/csv.h"

namespace khaosat {

// "79,3" or "79.3". One comma or one point, no signs between thousands: "1.234,5" is nothing.
inline std::optional<double> decimal_from(std::string_view text) {
  if (std::count(text.begin(), text.end(), ',') != 1 || text.find('.') != std::string_view::npos) return number_from(text);
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), ',', '.');
  return plain.front() == '.' || plain.back() == '.' ? std::nullopt : number_from(plain);
}

}  // namespace khaosat
