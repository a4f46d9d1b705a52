#include "server/survey/question_types/own_words.h"

#include "base/text.h"
#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

QuestionKeys OwnWords::keys() const {
  QuestionKeys keys;
  keys.max_letters = true;
  return keys;
}

std::vector<std::string> OwnWords::field_names(const Question& question, const RatedUnits&) const {
  if (question.absences.empty()) return {question.id};
  return {question.id, absence_field(question)};
}

Result<Answer> OwnWords::parse(const Question& question, const FieldReader& fields,
                               const RatedUnits&) const {
  std::string text = TRY(typed_text(fields, question.id, question.max_letters, is_one_line()));
  const auto absence = TRY(ticked_absence(question, fields));
  if (absence) {
    if (!text.empty()) return fail(absence_beside_value(question));
    return Answer(*absence);
  }
  if (text.empty()) return Answer(Absence::blank);
  return Answer(std::move(text));
}

std::vector<FormField> OwnWords::to_fields(const Question& question, const Answer& answer) const {
  if (const auto* text = std::get_if<std::string>(&answer)) return {{question.id, *text}};
  const Absence absence = std::get<Absence>(answer);
  if (!can_be_offered(absence)) return {};
  return {{absence_field(question), std::string(name_of(absence))}};
}

std::size_t OwnWords::slot_count(const Question&) const { return 1; }

void OwnWords::pack(const Question&, const Answer& answer, Packer& out) const {
  if (const auto* text = std::get_if<std::string>(&answer)) {
    out.code(kAnsweredCode);
    out.text(*text);
  } else {
    out.code(code_of(std::get<Absence>(answer)));
  }
}

Result<Answer> OwnWords::unpack(const Question& question, Unpacker& in) const {
  const std::uint8_t status = in.code();
  if (const auto absence = absence_of_code(status)) return Answer(*absence);
  if (status != kAnsweredCode) return fail(answers_invalid(question));
  const std::string_view text = in.text();
  if (text.empty() || !is_utf8(text)) return fail(answers_invalid(question));
  return Answer(std::string(text));
}

std::optional<double> OwnWords::score(const Question&, const Answer&) const { return std::nullopt; }

std::vector<std::string> OwnWords::columns(const Question& question, const RatedUnits&) const {
  return {question.id};
}

// A person's words never begin a cell with "~", which marks an absence: such a text gets a space.
std::vector<std::string> OwnWords::cells(const Question&, const Answer& answer,
                                         const RatedUnits&) const {
  if (const auto* text = std::get_if<std::string>(&answer)) {
    return {text->starts_with('~') ? " " + *text : *text};
  }
  return {absence_code(std::get<Absence>(answer))};
}

}  // namespace khaosat
