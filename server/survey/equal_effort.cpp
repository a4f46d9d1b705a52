#include "server/survey/equal_effort.h"

#include <algorithm>

#include "server/survey/question_type.h"

namespace khaosat {

namespace {

bool gives_a_mark(const Question& question) {
  const std::string_view type = question.type->name();
  return !question.scale.empty() || type == "likert" || type == "rating" || type == "rater_matrix";
}

bool depends_on_a_mark(const Questionnaire& questionnaire, const std::optional<Condition>& condition) {
  if (!condition) return false;
  const auto named = questions_named(*condition);
  return std::any_of(named.begin(), named.end(), [&](std::size_t position) {
    return gives_a_mark(questionnaire.questions[position]);
  });
}

}  // namespace

std::vector<std::string> opened_by_marks(const Questionnaire& questionnaire) {
  std::vector<std::string> ids;
  for (const auto& section : questionnaire.sections) {
    if (depends_on_a_mark(questionnaire, section.relevant)) ids.push_back(section.id);
  }
  for (const auto& question : questionnaire.questions) {
    if (depends_on_a_mark(questionnaire, question.relevant)) ids.push_back(question.id);
  }
  return ids;
}

}  // namespace khaosat
