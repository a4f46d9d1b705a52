#include "server/survey/question_types/typed_number.h"

#include <algorithm>
#include <cmath>

#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

namespace {
constexpr std::size_t kMaxNumberBytes = 64;
}

QuestionKeys TypedNumber::keys() const {
  QuestionKeys keys;
  keys.bounds = true;
  return keys;
}

std::vector<std::string> TypedNumber::field_names(const Question& question, const RatedUnits&) const {
  if (question.absences.empty()) return {question.id};
  return {question.id, absence_field(question)};
}

Result<Answer> TypedNumber::parse(const Question& question, const FieldReader& fields,
                                  const RatedUnits&) const {
  auto value = typed_value(fields, question.id, kMaxNumberBytes);
  if (!value) {
    // Sixty characters are no number, whatever they are.
    if (value.error().code == ErrorCode::too_long) value.error().code = ErrorCode::wrong_type;
    return fail(value.error());
  }
  const auto absence = TRY(ticked_absence(question, fields));
  if (absence) {
    if (!value->empty()) return fail(absence_beside_value(question));
    return Answer(*absence);
  }
  if (value->empty()) return Answer(Absence::blank);
  const auto number = number_in(question, *value);
  if (!number) {
    Error error = error_in(ErrorCode::wrong_type, "not a " + std::string(name()), question.id);
    error.details.emplace_back("decimals", std::to_string(question.decimals));
    return fail(std::move(error));
  }
  const auto [widest_low, widest_high] = widest_bounds();
  const double low = std::max(question.minimum.value_or(widest_low), widest_low);
  const double high = std::min(question.maximum.value_or(widest_high), widest_high);
  if (!(*number >= low && *number <= high)) {
    Error error = error_in(ErrorCode::out_of_range,
                           "must lie between " + typed(low) + " and " + typed(high), question.id);
    error.details.emplace_back("minimum", typed(low));
    error.details.emplace_back("maximum", typed(high));
    return fail(std::move(error));
  }
  return Answer(*number == 0 ? 0.0 : *number);  // there is one zero
}

std::vector<FormField> TypedNumber::to_fields(const Question& question, const Answer& answer) const {
  if (const auto* number = std::get_if<double>(&answer)) return {{question.id, typed(*number)}};
  const Absence absence = std::get<Absence>(answer);
  if (!can_be_offered(absence)) return {};
  return {{absence_field(question), std::string(name_of(absence))}};
}

std::size_t TypedNumber::slot_count(const Question&) const { return 1; }

void TypedNumber::pack(const Question&, const Answer& answer, Packer& out) const {
  if (const auto* number = std::get_if<double>(&answer)) {
    out.code(kAnsweredCode);
    out.number(*number);
  } else {
    out.code(code_of(std::get<Absence>(answer)));
  }
}

Result<Answer> TypedNumber::unpack(const Question& question, Unpacker& in) const {
  const std::uint8_t status = in.code();
  if (const auto absence = absence_of_code(status)) return Answer(*absence);
  if (status != kAnsweredCode) return fail(answers_invalid(question));
  const double number = in.number();
  const auto [low, high] = widest_bounds();
  if (!std::isfinite(number) || number < low || number > high || !is_possible(number)) {
    return fail(answers_invalid(question));
  }
  return Answer(number);
}

std::optional<double> TypedNumber::score(const Question&, const Answer& answer) const {
  const auto* number = std::get_if<double>(&answer);
  return number ? std::optional<double>(*number) : std::nullopt;
}

std::vector<std::string> TypedNumber::columns(const Question& question, const RatedUnits&) const {
  return {question.id};
}

std::vector<std::string> TypedNumber::cells(const Question&, const Answer& answer,
                                            const RatedUnits&) const {
  if (const auto* number = std::get_if<double>(&answer)) return {exported(*number)};
  return {absence_code(std::get<Absence>(answer))};
}

}  // namespace khaosat
