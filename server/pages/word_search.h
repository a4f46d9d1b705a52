// How lists are searched here: every word asked for is somewhere in the text, whatever the tones, the case
// and the order. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "server/http/request.h"

namespace khaosat {

// Nothing asked for matches everything.
bool matches_words(std::string_view wanted, std::string_view text);

// What the address asks for as ?q=, cleaned and at most 200 bytes.
std::string words_wanted(const Request& request);

}  // namespace khaosat
