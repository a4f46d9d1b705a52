#include "server/survey/questionnaire.h"

#include <algorithm>

namespace khaosat {

namespace {
template <typename T>
const T* with_id(const std::vector<T>& all, std::string_view id) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const T& one) { return one.id == id; });
  return found == all.end() ? nullptr : &*found;
}
}  // namespace

std::optional<OptionPosition> Question::option_position(std::string_view option_id) const {
  const Option* option = with_id(options, option_id);
  if (!option) return std::nullopt;
  return static_cast<OptionPosition>(option - options.data());
}

bool Question::offers(Absence absence) const {
  return std::find(absences.begin(), absences.end(), absence) != absences.end();
}

const Option* Question::other_option() const {
  for (const auto& option : options) {
    if (option.other_text) return &option;
  }
  return nullptr;
}

std::optional<std::size_t> Questionnaire::position_of(std::string_view question_id) const {
  const Question* found = question(question_id);
  if (!found) return std::nullopt;
  return static_cast<std::size_t>(found - questions.data());
}

const Question* Questionnaire::question(std::string_view question_id) const {
  return with_id(questions, question_id);
}
const Factor* Questionnaire::factor(std::string_view factor_id) const { return with_id(factors, factor_id); }
const Part* Questionnaire::part(std::string_view part_id) const { return with_id(parts, part_id); }

}  // namespace khaosat
