// Numbers as people in Viet Nam type them: "1.250" people, "3,5" hours. Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

// The number typed, with at most `decimals` digits after the comma. A comma is always decimal. A
// point is decimal if only one stands there and decimals are allowed, otherwise it must group by
// thousands; spaces may group as well. No exponents, no other signs than one leading minus.
std::optional<double> number_typed(std::string_view text, int decimals);

// Shortest digits that read back as the same number, with a comma, ungrouped: "1250", "3,5".
std::string typed_number(double value);
// The same with a point, never an exponent, for files.
std::string plain_number(double value);

}  // namespace khaosat
