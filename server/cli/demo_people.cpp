#include "server/cli/demo_people.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

#include "server/survey/read_answers.h"

namespace khaosat::cli {

namespace {

// Where a person's feeling about one item falls on an ordered scale: most people are fairly
// satisfied, few are at the bottom.
std::size_t place_on_scale(double feeling, std::size_t options) {
  const double share = 1.0 / (1.0 + std::exp(-1.7 * feeling));
  const auto place = static_cast<std::size_t>(std::floor(share * static_cast<double>(options)));
  return std::min(place, options - 1);
}

// Women and men about alike, few who call themselves neither, as where people are counted.
std::size_t of_each_thousand(std::initializer_list<int> shares, int drawn) {
  std::size_t place = 0;
  for (const int share : shares) {
    if (drawn < share) break;
    drawn -= share;
    ++place;
  }
  return place;
}

}  // namespace

// The distributions of the standard library differ between systems; these do not.
double DemoPeople::normal(double deviation) {
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random_() >> 11) / 9007199254740992.0;
  return (sum - 6.0) * deviation;
}

bool DemoPeople::chance(double probability) {
  return static_cast<double>(random_() >> 11) / 9007199254740992.0 < probability;
}

int DemoPeople::between(int low, int high) {
  return low + static_cast<int>(random_() % static_cast<std::uint64_t>(high - low + 1));
}

Answer DemoPeople::answer(const Question& question, double opinion) {
  if (chance(0.02)) return Absence::blank;
  if (question.offers(Absence::dont_know) && chance(0.04)) return Absence::dont_know;
  if (question.offers(Absence::declined) && chance(0.01)) return Absence::declined;
  if (question.offers(Absence::no_experience) && chance(0.05)) return Absence::no_experience;
  if (question.options.empty()) return Absence::blank;  // no made-up words or numbers
  const std::size_t options = question.options.size();
  const bool ordered = !question.scale.empty();
  const std::size_t place = ordered                ? place_on_scale(opinion + normal(0.8), options)
                            : question.id == "sex" ? of_each_thousand({540, 457}, between(0, 999))
                                                   : static_cast<std::size_t>(between(0, static_cast<int>(options) - 1));
  return Choice{{static_cast<OptionPosition>(place)}, ""};
}

Answers DemoPeople::answers(const Questionnaire& questionnaire, const Leaning& leaning) {
  Answers answers(questionnaire.questions.size());
  const AnsweringContext context;
  const double opinion = 0.75 + leaning.commune + leaning.village + normal(0.7);
  for (std::size_t q = 0; q < questionnaire.questions.size(); ++q) {
    const Question& question = questionnaire.questions[q];
    if (!is_asked(questionnaire, q, answers, context)) continue;
    // Most people have been somewhere: a yes or no about experience is mostly yes.
    const auto yes = question.option_position("yes");
    answers[q] = yes && question.options.size() == 2 && chance(0.8) ? Answer(Choice{{*yes}, ""})
                                                                    : answer(question, opinion);
  }
  return answers;
}

}  // namespace khaosat::cli
