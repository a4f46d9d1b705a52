// A rater marks many units on one scale, each unit by itself. Which units is the campaign's choice,
// so the packed form names them instead of owning codes.
#include <algorithm>
#include <charconv>

#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxUnits = 500;
constexpr std::size_t kMaxIdBytes = 256;

std::string code_text(const UnitRating& rated) {
  const auto* option = std::get_if<OptionPosition>(&rated.rating);
  const std::uint8_t code = option ? *option : code_of(std::get<Absence>(rated.rating));
  return std::string(1, static_cast<char>(code));
}

class RaterMatrix final : public QuestionType {
 public:
  std::string_view name() const override { return "rater_matrix"; }
  AnswerKind answer_kind() const override { return AnswerKind::ratings; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.options = true;
    keys.scale = true;
    return keys;
  }

  bool is_complete(const Answer& answer) const override {
    const auto* ratings = std::get_if<UnitRatings>(&answer);
    if (!ratings) return false;
    return std::none_of(ratings->units.begin(), ratings->units.end(), [](const UnitRating& rated) {
      return rated.rating == std::variant<Absence, OptionPosition>(Absence::blank);
    });
  }

  std::vector<std::string> field_names(const Question& question, const RatedUnits& units) const override {
    std::vector<std::string> names;
    for (const auto& unit : units) names.push_back(question.id + "." + unit);
    return names;
  }

  Result<Answer> parse(const Question& question, const FieldReader& fields,
                       const RatedUnits& units) const override {
    UnitRatings ratings;
    bool any = false;
    for (const auto& unit : units) {
      const std::string name = question.id + "." + unit;
      const std::string value = TRY(typed_value(fields, name, kMaxIdBytes));
      UnitRating rated{unit, Absence::blank};
      if (!value.empty()) {
        any = true;
        const auto absence = TRY(offered_absence(question, value, name));
        const auto position = question.option_position(value);
        if (!absence && !position) {
          return fail(error_in(ErrorCode::unknown_option, "the scale has no such mark", name));
        }
        if (absence) {
          rated.rating = *absence;
        } else {
          rated.rating = *position;
        }
      }
      ratings.units.push_back(std::move(rated));
    }
    if (!any) return Answer(Absence::blank);
    return Answer(std::move(ratings));
  }

  std::vector<FormField> to_fields(const Question& question, const Answer& answer) const override {
    std::vector<FormField> fields;
    const auto* ratings = std::get_if<UnitRatings>(&answer);
    if (!ratings) return fields;
    for (const auto& rated : ratings->units) {
      const std::string cell = cell_of(question, rated);
      if (cell != absence_code(Absence::blank)) fields.emplace_back(question.id + "." + rated.unit, cell);
    }
    return fields;
  }

  std::size_t slot_count(const Question&) const override { return 1; }

  void pack(const Question&, const Answer& answer, Packer& out) const override {
    const auto* ratings = std::get_if<UnitRatings>(&answer);
    out.code(ratings ? kAnsweredCode : code_of(std::get<Absence>(answer)));
    if (!ratings) return;
    out.text(std::to_string(ratings->units.size()));
    for (const auto& rated : ratings->units) {
      out.text(rated.unit);
      out.text(code_text(rated));
    }
  }

  Result<Answer> unpack(const Question& question, Unpacker& in) const override {
    const std::uint8_t status = in.code();
    if (const auto absence = absence_of_code(status)) return Answer(*absence);
    const std::string_view digits = in.text();
    std::size_t count = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (status != kAnsweredCode || error != std::errc() || end != digits.data() + digits.size() ||
        std::to_string(count) != digits || count == 0 || count > kMaxUnits) {
      return fail(answers_invalid(question));
    }
    UnitRatings ratings;
    bool any = false;
    for (std::size_t i = 0; i < count; ++i) {
      UnitRating rated{std::string(in.text()), Absence::blank};
      const std::string_view text = in.text();
      if (rated.unit.empty() || rated.unit.size() > kMaxIdBytes || text.size() != 1) {
        return fail(answers_invalid(question));
      }
      const auto code = static_cast<std::uint8_t>(text.front());
      if (const auto absence = absence_of_code(code)) {
        rated.rating = *absence;
      } else if (code < question.options.size()) {
        rated.rating = code;
      } else {
        return fail(answers_invalid(question));
      }
      any = any || code != code_of(Absence::blank);
      ratings.units.push_back(std::move(rated));
    }
    if (!any) return fail(answers_invalid(question));
    return Answer(std::move(ratings));
  }

  std::optional<double> score(const Question&, const Answer&) const override { return std::nullopt; }

  std::vector<std::string> columns(const Question& question, const RatedUnits& units) const override {
    return field_names(question, units);
  }

  std::vector<std::string> cells(const Question& question, const Answer& answer,
                                 const RatedUnits& units) const override {
    const auto* ratings = std::get_if<UnitRatings>(&answer);
    std::vector<std::string> cells;
    for (const auto& unit : units) {
      // A unit that this answer does not know was not asked about.
      std::string cell = absence_code(ratings ? Absence::not_asked : std::get<Absence>(answer));
      for (std::size_t i = 0; ratings && i < ratings->units.size(); ++i) {
        if (ratings->units[i].unit == unit) cell = cell_of(question, ratings->units[i]);
      }
      cells.push_back(std::move(cell));
    }
    return cells;
  }

 private:
  static std::string cell_of(const Question& question, const UnitRating& rated) {
    if (const auto* option = std::get_if<OptionPosition>(&rated.rating)) return question.options[*option].id;
    return absence_code(std::get<Absence>(rated.rating));
  }
};

}  // namespace

const QuestionType& rater_matrix_type() {
  static const RaterMatrix kType;
  return kType;
}

}  // namespace khaosat
