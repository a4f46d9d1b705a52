#include "server/survey/question_types/one_option.h"

#include "base/text.h"
#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

namespace {
constexpr std::size_t kMaxIdBytes = 256;

const Choice* chosen(const Answer& answer) { return std::get_if<Choice>(&answer); }
}  // namespace

std::vector<std::string> OneOption::field_names(const Question& question, const RatedUnits&) const {
  if (!question.other_option()) return {question.id};
  return {question.id, other_field(question)};
}

Result<Answer> OneOption::parse(const Question& question, const FieldReader& fields,
                                const RatedUnits&) const {
  std::string value = TRY(typed_value(fields, question.id, kMaxIdBytes));
  std::string other;
  if (const Option* option = question.other_option()) {
    other = TRY(typed_text(fields, other_field(question), question.max_letters, true));
    // Whoever writes own words and marks nothing means the option the words belong to.
    if (value.empty() && !other.empty()) value = option->id;
    if (value != option->id) other.clear();
  }
  if (value.empty()) return Answer(Absence::blank);
  if (const auto absence = TRY(offered_absence(question, value, question.id))) return Answer(*absence);
  const auto position = question.option_position(value);
  if (!position) {
    return fail(error_in(ErrorCode::unknown_option, "the question has no such option", question.id));
  }
  return Answer(Choice{{*position}, std::move(other)});
}

std::vector<FormField> OneOption::to_fields(const Question& question, const Answer& answer) const {
  if (const Choice* choice = chosen(answer)) {
    std::vector<FormField> fields{{question.id, question.options[choice->options.front()].id}};
    if (!choice->other.empty()) fields.emplace_back(other_field(question), choice->other);
    return fields;
  }
  const Absence absence = std::get<Absence>(answer);
  if (!can_be_offered(absence)) return {};
  return {{question.id, absence_code(absence)}};
}

// One code for the option; a second says whether own words follow, if the question allows any.
std::size_t OneOption::slot_count(const Question& question) const {
  return question.other_option() ? 2 : 1;
}

void OneOption::pack(const Question& question, const Answer& answer, Packer& out) const {
  const Choice* choice = chosen(answer);
  out.code(choice ? choice->options.front() : code_of(std::get<Absence>(answer)));
  if (!question.other_option()) return;
  const bool has_words = choice && !choice->other.empty();
  out.code(has_words ? 1 : 0);
  if (has_words) out.text(choice->other);
}

Result<Answer> OneOption::unpack(const Question& question, Unpacker& in) const {
  const std::uint8_t code = in.code();
  const auto absence = absence_of_code(code);
  if (!absence && code >= question.options.size()) return fail(answers_invalid(question));
  Choice choice{{code}, {}};
  if (question.other_option()) {
    const std::uint8_t has_words = in.code();
    if (has_words > (absence ? 0 : 1)) return fail(answers_invalid(question));
    if (has_words == 1) {
      choice.other = in.text();
      if (choice.other.empty() || !question.options[code].other_text || !is_utf8(choice.other)) {
        return fail(answers_invalid(question));
      }
    }
  }
  if (absence) return Answer(*absence);
  return Answer(std::move(choice));
}

std::optional<double> OneOption::score(const Question& question, const Answer& answer) const {
  const Choice* choice = chosen(answer);
  return choice ? question.options[choice->options.front()].score : std::nullopt;
}

std::vector<std::string> OneOption::columns(const Question& question, const RatedUnits&) const {
  if (!question.other_option()) return {question.id};
  return {question.id, question.id + ".other.text"};
}

std::vector<std::string> OneOption::cells(const Question& question, const Answer& answer,
                                          const RatedUnits&) const {
  const Choice* choice = chosen(answer);
  std::vector<std::string> cells{choice ? question.options[choice->options.front()].id
                                        : absence_code(std::get<Absence>(answer))};
  if (question.other_option()) cells.push_back(choice ? choice->other : std::string());
  return cells;
}

}  // namespace khaosat
