// Options put in order: 1 for the first place. Ranking only the first few is a whole answer.
#include <algorithm>

#include "server/survey/number_text.h"
#include "server/survey/question_types/field_parsing.h"

namespace khaosat {

namespace {

// Ranks are 1, 2, … without a gap and without a repetition; the rest is 0.
bool is_sound(const std::vector<std::uint8_t>& ranks, std::size_t most) {
  std::vector<std::uint8_t> given;
  for (const auto rank : ranks) {
    if (rank > 0) given.push_back(rank);
  }
  std::sort(given.begin(), given.end());
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] != i + 1) return false;
  }
  return !given.empty() && given.size() <= most;
}

std::size_t most_ranks(const Question& question) {
  return question.max_choices > 0 ? static_cast<std::size_t>(question.max_choices)
                                  : question.options.size();
}

class RankingType final : public QuestionType {
 public:
  std::string_view name() const override { return "ranking"; }
  AnswerKind answer_kind() const override { return AnswerKind::ranking; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.options = true;
    keys.max_choices = true;
    return keys;
  }

  std::vector<std::string> field_names(const Question& question, const RatedUnits&) const override {
    std::vector<std::string> names;
    for (const auto& option : question.options) names.push_back(question.id + "." + option.id);
    if (!question.absences.empty()) names.push_back(absence_field(question));
    return names;
  }

  Result<Answer> parse(const Question& question, const FieldReader& fields,
                       const RatedUnits&) const override {
    Ranking ranking;
    bool any = false;
    for (const auto& option : question.options) {
      const std::string name = question.id + "." + option.id;
      const std::string value = TRY(typed_value(fields, name, 64));
      double rank = 0;
      if (!value.empty()) {
        const auto number = number_typed(value, 0);
        if (!number) return fail(error_in(ErrorCode::wrong_type, "a place is a whole number", name));
        rank = *number;
        any = true;
        if (rank < 1 || rank > static_cast<double>(question.options.size())) {
          Error error = error_in(ErrorCode::out_of_range, "there is no such place", name);
          error.details.emplace_back("minimum", "1");
          error.details.emplace_back("maximum", std::to_string(question.options.size()));
          return fail(std::move(error));
        }
      }
      ranking.ranks.push_back(static_cast<std::uint8_t>(rank));
    }
    if (const auto absence = TRY(ticked_absence(question, fields))) {
      if (any) return fail(absence_beside_value(question));
      return Answer(*absence);
    }
    if (!any) return Answer(Absence::blank);
    if (!is_sound(ranking.ranks, most_ranks(question))) {
      Error error = error_in(ErrorCode::ranks_invalid,
                             "places must be 1, 2, 3 … each once, without a gap", question.id);
      error.details.emplace_back("limit", std::to_string(most_ranks(question)));
      return fail(std::move(error));
    }
    return Answer(std::move(ranking));
  }

  std::vector<FormField> to_fields(const Question& question, const Answer& answer) const override {
    std::vector<FormField> fields;
    if (const auto* ranking = std::get_if<Ranking>(&answer)) {
      for (std::size_t i = 0; i < ranking->ranks.size(); ++i) {
        if (ranking->ranks[i] == 0) continue;
        fields.emplace_back(question.id + "." + question.options[i].id, std::to_string(ranking->ranks[i]));
      }
    } else if (can_be_offered(std::get<Absence>(answer))) {
      fields.emplace_back(absence_field(question), std::string(name_of(std::get<Absence>(answer))));
    }
    return fields;
  }

  // One code for "answered" or the absence, one for the place of each option.
  std::size_t slot_count(const Question& question) const override { return 1 + question.options.size(); }

  void pack(const Question& question, const Answer& answer, Packer& out) const override {
    const auto* ranking = std::get_if<Ranking>(&answer);
    out.code(ranking ? kAnsweredCode : code_of(std::get<Absence>(answer)));
    for (std::size_t i = 0; i < question.options.size(); ++i) out.code(ranking ? ranking->ranks[i] : 0);
  }

  Result<Answer> unpack(const Question& question, Unpacker& in) const override {
    const std::uint8_t status = in.code();
    Ranking ranking;
    bool any = false;
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      ranking.ranks.push_back(in.code());
      any = any || ranking.ranks.back() != 0;
    }
    const auto absence = absence_of_code(status);
    if (absence && !any) return Answer(*absence);
    if (absence || status != kAnsweredCode || !is_sound(ranking.ranks, most_ranks(question))) {
      return fail(answers_invalid(question));
    }
    return Answer(std::move(ranking));
  }

  std::optional<double> score(const Question&, const Answer&) const override { return std::nullopt; }

  std::vector<std::string> columns(const Question& question, const RatedUnits&) const override {
    std::vector<std::string> columns;
    for (const auto& option : question.options) columns.push_back(question.id + "." + option.id);
    return columns;
  }

  std::vector<std::string> cells(const Question& question, const Answer& answer,
                                 const RatedUnits&) const override {
    const auto* ranking = std::get_if<Ranking>(&answer);
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < question.options.size(); ++i) {
      cells.push_back(ranking ? std::to_string(ranking->ranks[i])
                              : absence_code(std::get<Absence>(answer)));
    }
    return cells;
  }
};

}  // namespace

const QuestionType& ranking_type() {
  static const RankingType kType;
  return kType;
}

}  // namespace khaosat
