// From the fields of a form to answers, with every fault and no valid answer lost. Pure.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/survey/answers.h"
#include "server/survey/form_fields.h"
#include "server/survey/question_type.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
};
// The names of all fields that the questions of one questionnaire may have.
using FieldNames = std::unordered_set<std::string, NameHash, std::equal_to<>>;
FieldNames field_names(const Questionnaire& questionnaire, const RatedUnits& rated_units);

struct AnsweringContext {
  // Topics the campaign states a need for; a question of any other topic is not asked.
  std::vector<std::string> stated_topics;
  RatedUnits rated_units;
  // Names of fields that are not questions but belong to the form ("consent", "slip").
  std::vector<std::string> other_fields;
  // Sections shown so far: answers may be required, and be missing, only in these. Later ones are
  // read as well, so that a page may carry anything forward.
  std::size_t sections_shown = std::numeric_limits<std::size_t>::max();
  // Of this questionnaire and these units, if the caller keeps them; making them anew costs about as
  // much as reading the answers.
  std::shared_ptr<const FieldNames> names = {};
};

struct FieldFault {
  std::string question;  // id; empty for a field that belongs to no question
  Error error;           // `where` is the name of the field
};

struct ReadAnswers {
  Answers answers;  // a question at fault is blank here
  std::vector<FieldFault> faults;  // in the order of questions
};

// Questions that do not apply are not_asked, whatever was sent for them. Errors of a fault: those of
// QuestionType::parse, answer_required, constraint_broken, unknown_field.
ReadAnswers read_answers(const Questionnaire& questionnaire, const FieldReader& fields,
                         const AnsweringContext& context);

// Whether the question, or anything of the section, is put before the person, given the answers to
// what came earlier.
bool is_asked(const Questionnaire& questionnaire, std::size_t question, const Answers& answers,
              const AnsweringContext& context);
bool is_section_asked(const Questionnaire& questionnaire, std::size_t section, const Answers& answers,
                      const AnsweringContext& context);

// Fields that read_answers() turns into the same answers: for hidden fields and for filling a form.
std::vector<FormField> to_fields(const Questionnaire& questionnaire, const Answers& answers);

}  // namespace khaosat
