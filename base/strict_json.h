// Text → document, refusing what a careless parser would let through: duplicate keys, wrong UTF-8,
// NUL, too deep nesting, numbers that do not fit. Reports every duplicate key, not only the first.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/fault.h"

namespace khaosat {

// Returns nothing (and at least one fault) when the text is not one JSON document.
std::unique_ptr<nlohmann::json> parse_strict_json(const std::string& file, std::string_view text,
                                                  int max_depth, Faults& faults);

// Escapes one step of a JSON pointer (RFC 6901).
std::string pointer_step(std::string_view key);

}  // namespace khaosat
