#include "server/pages/answer_words.h"

#include <algorithm>

#include "server/pages/design.h"
#include "server/survey/number_text.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

struct InWords {
  const Locales& locales;
  std::string_view language;
  const Campaign& campaign;
  const Question& question;

  std::string option(OptionPosition position) const { return question.options[position].text.in(language); }

  std::string operator()(Absence absence) const { return absence_words(locales, language, absence); }
  std::string operator()(const Choice& choice) const {
    std::string words;
    for (const auto position : choice.options) {
      if (!words.empty()) words += "\n";
      words += option(position);
      if (question.options[position].other_text && !choice.other.empty()) words += ": " + choice.other;
    }
    return words;
  }
  std::string operator()(double number) const {
    // Dates and years have their own way of being typed, which is also how they are read.
    const auto fields = question.type->to_fields(question, Answer(number));
    return fields.empty() ? typed_number(number) : shown_date(fields.front().second);
  }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const Ranking& ranking) const {
    std::vector<std::pair<int, std::size_t>> places;
    for (std::size_t i = 0; i < ranking.ranks.size(); ++i) {
      if (ranking.ranks[i] != 0) places.emplace_back(ranking.ranks[i], i);
    }
    std::sort(places.begin(), places.end());
    std::string words;
    for (const auto& [place, position] : places) {
      if (!words.empty()) words += "\n";
      words += std::to_string(place) + ". " + option(static_cast<OptionPosition>(position));
    }
    return words;
  }
  std::string operator()(const UnitRatings& ratings) const {
    std::string words;
    for (const auto& rated : ratings.units) {
      if (!words.empty()) words += "\n";
      words += unit_title(campaign, rated.unit) + ": ";
      if (const auto* position = std::get_if<OptionPosition>(&rated.rating)) {
        words += option(*position);
      } else {
        const std::string absence = (*this)(std::get<Absence>(rated.rating));
        words += absence.empty() ? locales.text(language, "check.unanswered") : absence;
      }
    }
    return words;
  }
};

}  // namespace

std::string absence_words(const Locales& locales, std::string_view language, Absence absence) {
  if (!can_be_offered(absence)) return {};
  return locales.text(language, "form.absence." + std::string(name_of(absence)));
}

bool stands_in(const Question& question, const Answer& answer, std::string_view language) {
  const auto lacks = [&](const Option& option) { return !option.text.has(language); };
  if (const auto* choice = std::get_if<Choice>(&answer)) {
    return std::any_of(choice->options.begin(), choice->options.end(), [&](auto position) { return lacks(question.options[position]); });
  }
  const bool of_options = std::holds_alternative<Ranking>(answer) || std::holds_alternative<UnitRatings>(answer);
  return of_options && std::any_of(question.options.begin(), question.options.end(), lacks);
}

std::string answer_words(const Locales& locales, std::string_view language, const Campaign& campaign,
                         const Question& question, const Answer& answer) {
  return std::visit(InWords{locales, language, campaign, question}, answer);
}

std::string unit_title(const Campaign& campaign, std::string_view unit_id) {
  for (const auto& stratum : campaign.strata) {
    if (stratum.unit == unit_id) return stratum.title;
  }
  return std::string(unit_id);
}

}  // namespace khaosat
