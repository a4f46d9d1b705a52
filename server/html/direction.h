// Which way a language is written.
#pragma once

#include <string_view>

namespace khaosat {

// Of a language tag as questionnaires use them ("vi", "ar", "cjm-Arab"; upper or lower case, "-" or "_").
// A script named in the tag decides; otherwise the script the language is usually written in. What is not
// known counts as written from the left. Pure; thread safe.
bool is_written_from_right(std::string_view language);

}  // namespace khaosat
