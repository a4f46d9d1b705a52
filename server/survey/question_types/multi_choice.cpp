// Any number of options; an exclusive one ("none of these") stands alone, and so does an absence.
#include <algorithm>

#include "base/text.h"
#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxIdBytes = 256;

class MultiChoice final : public QuestionType {
 public:
  std::string_view name() const override { return "multi_choice"; }
  AnswerKind answer_kind() const override { return AnswerKind::options; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.options = true;
    keys.exclusive = true;
    keys.other_text = true;
    keys.max_letters = true;
    keys.max_choices = true;
    return keys;
  }
  int default_max_letters() const override { return 200; }

  std::vector<std::string> field_names(const Question& question, const RatedUnits&) const override {
    if (!question.other_option()) return {question.id};
    return {question.id, other_field(question)};
  }

  Result<Answer> parse(const Question& question, const FieldReader& fields,
                       const RatedUnits&) const override {
    auto values = TRY(typed_values(fields, question.id, kMaxIdBytes));
    std::string other;
    if (const Option* option = question.other_option()) {
      other = TRY(typed_text(fields, other_field(question), question.max_letters, true));
      const bool marked = std::find(values.begin(), values.end(), option->id) != values.end();
      if (!other.empty() && !marked) values.push_back(option->id);
    }
    if (values.empty()) return Answer(Absence::blank);
    Choice choice;
    choice.other = std::move(other);
    bool has_exclusive = false;
    for (const auto& value : values) {
      if (const auto absence = TRY(offered_absence(question, value, question.id))) {
        if (values.size() > 1) return fail(absence_beside_value(question));
        return Answer(*absence);
      }
      const auto position = question.option_position(value);
      if (!position) {
        return fail(error_in(ErrorCode::unknown_option, "the question has no such option", question.id));
      }
      if (std::find(choice.options.begin(), choice.options.end(), *position) != choice.options.end()) {
        return fail(error_in(ErrorCode::duplicate_key, "an option was sent twice", question.id));
      }
      has_exclusive = has_exclusive || question.options[*position].exclusive;
      choice.options.push_back(*position);
    }
    if (has_exclusive && choice.options.size() > 1) {
      return fail(error_in(ErrorCode::exclusive_option,
                           "an option that excludes the others was marked beside them", question.id));
    }
    if (question.max_choices > 0 && choice.options.size() > static_cast<std::size_t>(question.max_choices)) {
      Error error = error_in(ErrorCode::too_many_choices,
                             "more than " + std::to_string(question.max_choices) + " options", question.id);
      error.details.emplace_back("limit", std::to_string(question.max_choices));
      return fail(std::move(error));
    }
    std::sort(choice.options.begin(), choice.options.end());
    return Answer(std::move(choice));
  }

  std::vector<FormField> to_fields(const Question& question, const Answer& answer) const override {
    std::vector<FormField> fields;
    if (const auto* choice = std::get_if<Choice>(&answer)) {
      for (const auto position : choice->options) {
        fields.emplace_back(question.id, question.options[position].id);
      }
      if (!choice->other.empty()) fields.emplace_back(other_field(question), choice->other);
    } else if (can_be_offered(std::get<Absence>(answer))) {
      fields.emplace_back(question.id, absence_code(std::get<Absence>(answer)));
    }
    return fields;
  }

  // One code for "answered" or the absence, one for each option, one for own words.
  std::size_t slot_count(const Question& question) const override {
    return 1 + question.options.size() + (question.other_option() ? 1 : 0);
  }

  void pack(const Question& question, const Answer& answer, Packer& out) const override {
    const auto* choice = std::get_if<Choice>(&answer);
    out.code(choice ? kAnsweredCode : code_of(std::get<Absence>(answer)));
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      const bool marked = choice && std::binary_search(choice->options.begin(), choice->options.end(), i);
      out.code(marked ? 1 : 0);
    }
    if (!question.other_option()) return;
    const bool has_words = choice && !choice->other.empty();
    out.code(has_words ? 1 : 0);
    if (has_words) out.text(choice->other);
  }

  Result<Answer> unpack(const Question& question, Unpacker& in) const override {
    const std::uint8_t status = in.code();
    const auto absence = absence_of_code(status);
    if (!absence && status != kAnsweredCode) return fail(answers_invalid(question));
    Choice choice;
    bool has_other_option = false;
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      const std::uint8_t marked = in.code();
      if (marked > 1) return fail(answers_invalid(question));
      if (marked == 0) continue;
      choice.options.push_back(static_cast<OptionPosition>(i));
      has_other_option = has_other_option || question.options[i].other_text;
    }
    if (question.other_option()) {
      const std::uint8_t has_words = in.code();
      if (has_words > (has_other_option ? 1 : 0)) return fail(answers_invalid(question));
      if (has_words == 1) {
        choice.other = in.text();
        if (choice.other.empty() || !is_utf8(choice.other)) return fail(answers_invalid(question));
      }
    }
    if (absence.has_value() != choice.options.empty()) return fail(answers_invalid(question));
    if (absence) return Answer(*absence);
    return Answer(std::move(choice));
  }

  std::optional<double> score(const Question&, const Answer&) const override { return std::nullopt; }

  std::vector<std::string> columns(const Question& question, const RatedUnits&) const override {
    std::vector<std::string> columns;
    for (const auto& option : question.options) columns.push_back(question.id + "." + option.id);
    if (question.other_option()) columns.push_back(question.id + ".other.text");
    return columns;
  }

  std::vector<std::string> cells(const Question& question, const Answer& answer,
                                 const RatedUnits&) const override {
    const auto* choice = std::get_if<Choice>(&answer);
    const std::string empty = choice ? "0" : absence_code(std::get<Absence>(answer));
    std::vector<std::string> cells(question.options.size(), empty);
    if (choice) {
      for (const auto position : choice->options) cells[position] = "1";
    }
    if (question.other_option()) cells.push_back(choice ? choice->other : std::string());
    return cells;
  }
};

}  // namespace

const QuestionType& multi_choice_type() {
  static const MultiChoice kType;
  return kType;
}

}  // namespace khaosat
