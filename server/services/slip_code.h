// The code on a drawn slip: 60 random bits as 12 characters of Crockford base 32 and a check
// character, printed "7QFK-2M9X-C0HT-5". Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

std::string make_slip_code();                             // 13 characters, no hyphens
std::string printed_slip_code(std::string_view code);     // with hyphens
// Forgives case, hyphens, blanks and the usual confusions; nothing if it cannot be a code.
std::optional<std::string> read_slip_code(std::string_view typed);

}  // namespace khaosat
