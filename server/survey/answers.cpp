#include "server/survey/answers.h"

#include "base/json_text.h"
#include "server/survey/number_text.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

namespace {

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

std::string absent(Absence absence) { return "~" + std::string(name_of(absence)); }

}  // namespace

std::string canonical_text(const std::vector<Option>& options, const Answer& answer) {
  return std::visit(
      Overloaded{
          [](Absence absence) { return absent(absence); },
          [&](const Choice& choice) {
            std::string text;
            for (const auto position : choice.options) text += (text.empty() ? "" : " ") + options[position].id;
            if (!choice.other.empty()) text += " " + json_quoted(choice.other);
            return text;
          },
          [](double number) { return plain_number(number); },
          [](const std::string& words) { return json_quoted(words); },
          [&](const Ranking& ranking) {
            std::string text;
            for (std::size_t i = 0; i < ranking.ranks.size(); ++i) {
              text += (i == 0 ? "" : " ") + options[i].id + ":" + std::to_string(ranking.ranks[i]);
            }
            return text;
          },
          [&](const UnitRatings& ratings) {
            std::string text;
            for (const auto& rated : ratings.units) {
              const auto* option = std::get_if<OptionPosition>(&rated.rating);
              text += (text.empty() ? "" : " ") + rated.unit + ":" +
                      (option ? options[*option].id : absent(std::get<Absence>(rated.rating)));
            }
            return text;
          },
      },
      answer);
}

std::string canonical_text(const Questionnaire& questionnaire, const Answers& answers) {
  std::string text = questionnaire.identity.label() + "\n";
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    text += question.id + "=" + canonical_text(question.options, answers[i]) + "\n";
  }
  return text;
}

Digest digest_of(const Questionnaire& questionnaire, const Answers& answers) {
  return sha256(canonical_text(questionnaire, answers));
}

}  // namespace khaosat
