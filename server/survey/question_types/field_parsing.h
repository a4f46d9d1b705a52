// What several question types do with fields. Errors carry the field's name in `where`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/survey/question_type.h"

namespace khaosat {

// Values that are not empty, as clean NFC text without spaces at the ends. not_utf8; too_long for
// more than `max_bytes` in one value (before cleaning), so that no work is done on a flood.
Result<std::vector<std::string>> typed_values(const FieldReader& fields, const std::string& name,
                                              std::size_t max_bytes);
// The same where a second value is duplicate_key; empty when nothing was typed.
Result<std::string> typed_value(const FieldReader& fields, const std::string& name,
                                std::size_t max_bytes);
// Own words of at most max_letters; lines end with "\n" or, if one line is wanted, with a space.
Result<std::string> typed_text(const FieldReader& fields, const std::string& name, int max_letters,
                               bool one_line);

// "~dont_know" offered by the question; nothing if the value is no absence; unknown_option if the
// question does not offer it.
Result<std::optional<Absence>> offered_absence(const Question& question, std::string_view value,
                                               const std::string& field);
// The field "<id>.absence", whose values carry no "~".
Result<std::optional<Absence>> ticked_absence(const Question& question, const FieldReader& fields);
Error absence_beside_value(const Question& question);

std::string absence_field(const Question& question);
std::string other_field(const Question& question);

Error error_in(ErrorCode code, std::string message, std::string field);
Error answers_invalid(const Question& question);

}  // namespace khaosat
