// Numbers as the office reads them.
#pragma once

#include <algorithm>
#include <string>

#include "base/json_text.h"

namespace khaosat {

// "79,3"; every digit that distinguishes it.
inline std::string shown_number(double value) {
  std::string text = json_number(value);
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

}  // namespace khaosat
