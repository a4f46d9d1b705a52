// One line of JSON per event on standard error. Thread safe. Never a word about a respondent: no
// address, no code, no answer, no time finer than the line's own for anything a citizen did.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace khaosat {

enum class LogLevel { info, warning, error };
using LogField = std::pair<std::string_view, std::string>;

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace khaosat
