#include "server/survey/question_types.h"

namespace khaosat {

const QuestionType& single_choice_type();
const QuestionType& multi_choice_type();
const QuestionType& likert_type();
const QuestionType& rating_type();
const QuestionType& number_type();
const QuestionType& year_type();
const QuestionType& date_type();
const QuestionType& short_text_type();
const QuestionType& long_text_type();
const QuestionType& ranking_type();
const QuestionType& rater_matrix_type();
const QuestionType& information_type();

const std::vector<const QuestionType*>& question_types() {
  // THE LIST
  static const std::vector<const QuestionType*> kTypes = {
      &single_choice_type(), &multi_choice_type(), &likert_type(),       &rating_type(),
      &number_type(),        &year_type(),         &date_type(),         &short_text_type(),
      &long_text_type(),     &ranking_type(),      &rater_matrix_type(), &information_type(),
  };
  return kTypes;
}

const QuestionType* question_type_named(std::string_view name) {
  for (const QuestionType* type : question_types()) {
    if (type->name() == name) return type;
  }
  return nullptr;
}

std::string absence_code(Absence absence) { return "~" + std::string(name_of(absence)); }

}  // namespace khaosat
