// THE LIST of question types, and finding one by the word in a file.
#pragma once

#include <string_view>
#include <vector>

#include "server/survey/question_type.h"

namespace khaosat {

const std::vector<const QuestionType*>& question_types();
// Null when there is none of that name.
const QuestionType* question_type_named(std::string_view name);

}  // namespace khaosat
