#include "server/survey/read_answers.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxUnknownFields = 20;  // reported; a flood of them is one fault more or less
constexpr std::size_t kMaxNameLetters = 80;

std::vector<FieldFault> unknown_fields(const Questionnaire& questionnaire, const FieldReader& fields,
                                       const AnsweringContext& context) {
  const FieldNames made = context.names ? FieldNames{} : field_names(questionnaire, context.rated_units);
  const FieldNames& known = context.names ? *context.names : made;
  const auto is_known = [&](std::string_view name) {
    const auto& others = context.other_fields;
    return known.contains(name) || std::find(others.begin(), others.end(), name) != others.end();
  };
  std::vector<FieldFault> faults;
  for (const std::string_view name : fields.names()) {
    if (faults.size() == kMaxUnknownFields) break;
    if (name.size() <= kMaxNameLetters && is_known(name)) continue;
    const bool printable = name.size() <= kMaxNameLetters && is_utf8(name);
    faults.push_back({"", Error{ErrorCode::unknown_field, "the form has no such field",
                                printable ? std::string(name) : std::string("?"), {}}});
  }
  return faults;
}

bool names_any(const Condition& condition, const std::vector<bool>& wanted) {
  const auto named = questions_named(condition);
  return std::any_of(named.begin(), named.end(), [&](std::size_t position) { return wanted[position]; });
}

Error answer_required(const Question& question) {
  return Error{ErrorCode::answer_required, "this question must be answered", question.id, {}};
}

Error constraint_broken(const Question& question) {
  const LocalText& message = question.constraint->message;
  return Error{ErrorCode::constraint_broken, message.in("en"), question.id, message.all()};
}

}  // namespace

FieldNames field_names(const Questionnaire& questionnaire, const RatedUnits& rated_units) {
  FieldNames names;
  for (const auto& question : questionnaire.questions) {
    for (auto& name : question.type->field_names(question, rated_units)) names.insert(std::move(name));
  }
  return names;
}

bool is_asked(const Questionnaire& questionnaire, std::size_t position, const Answers& answers,
              const AnsweringContext& context) {
  const Question& question = questionnaire.questions[position];
  const Section& section = questionnaire.sections[question.section];
  const auto& topics = context.stated_topics;
  if (!question.topic.empty() && std::find(topics.begin(), topics.end(), question.topic) == topics.end()) {
    return false;
  }
  if (section.relevant && !holds(*section.relevant, questionnaire, answers)) return false;
  return !question.relevant || holds(*question.relevant, questionnaire, answers);
}

bool is_section_asked(const Questionnaire& questionnaire, std::size_t position, const Answers& answers,
                      const AnsweringContext& context) {
  const Section& section = questionnaire.sections[position];
  for (std::size_t i = 0; i < section.question_count; ++i) {
    if (is_asked(questionnaire, section.first_question + i, answers, context)) return true;
  }
  return false;
}

ReadAnswers read_answers(const Questionnaire& questionnaire, const FieldReader& fields,
                         const AnsweringContext& context) {
  ReadAnswers read{Answers(questionnaire.questions.size()), {}};
  std::vector<bool> refused(questionnaire.questions.size(), false);
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    if (question.type->answer_kind() == AnswerKind::none) continue;
    if (!is_asked(questionnaire, i, read.answers, context)) continue;
    read.answers[i] = Absence::blank;
    auto parsed = question.type->parse(question, fields, context.rated_units);
    if (!parsed) {
      read.faults.push_back({question.id, parsed.error()});
      refused[i] = true;
      continue;
    }
    const bool is_shown = question.section < context.sections_shown;
    if (question.required && is_shown && !question.type->is_complete(*parsed)) {
      read.faults.push_back({question.id, answer_required(question)});
    }
    read.answers[i] = std::move(*parsed);
    if (question.constraint && is_answered(read.answers[i]) &&
        !names_any(question.constraint->condition, refused) &&
        !holds(question.constraint->condition, questionnaire, read.answers)) {
      read.faults.push_back({question.id, constraint_broken(question)});
      read.answers[i] = Absence::blank;
      refused[i] = true;
    }
  }
  auto unknown = unknown_fields(questionnaire, fields, context);
  std::move(unknown.begin(), unknown.end(), std::back_inserter(read.faults));
  return read;
}

std::vector<FormField> to_fields(const Questionnaire& questionnaire, const Answers& answers) {
  std::vector<FormField> fields;
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    auto own = question.type->to_fields(question, answers[i]);
    std::move(own.begin(), own.end(), std::back_inserter(fields));
  }
  return fields;
}

}  // namespace khaosat
