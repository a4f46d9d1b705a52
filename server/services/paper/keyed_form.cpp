#include "server/services/paper/keyed_form.h"

#include <algorithm>

#include "server/survey/packed.h"
#include "server/survey/paper/paper_keys.h"

namespace khaosat {

AnsweringContext paper_context(const Campaign& campaign) {
  AnsweringContext context;
  for (const auto& need : campaign.stated_needs) context.stated_topics.push_back(need.topic);
  if (campaign.audience == Audience::rater) context.rated_units = campaign.units;
  return context;
}

bool is_on_paper(const Question& question, const AnsweringContext& context) {
  const auto& topics = context.stated_topics;
  return question.topic.empty() || std::find(topics.begin(), topics.end(), question.topic) != topics.end();
}

int paper_field_count(const Questionnaire& questionnaire, const AnsweringContext& context, bool with_slip) {
  std::size_t count = with_slip ? 1 : 0;
  for (const auto& question : questionnaire.questions) {
    if (is_on_paper(question, context)) count += paper_fields(question, context.rated_units).size();
  }
  return static_cast<int>(count);
}

std::vector<PaperDifference> differences(const Questionnaire& questionnaire, const AnsweringContext& context,
                                         const KeyedForm& first, const KeyedForm& second) {
  std::vector<PaperDifference> found;
  if (first.slip_code != second.slip_code) found.push_back({"_slip", first.slip_code, second.slip_code});
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    if (!is_on_paper(question, context)) continue;
    const auto one = to_keys(question, context.rated_units, first.answers[i]);
    const auto other = to_keys(question, context.rated_units, second.answers[i]);
    for (std::size_t f = 0; f < one.size(); ++f) {
      if (one[f].second != other[f].second) found.push_back({one[f].first, one[f].second, other[f].second});
    }
  }
  return found;
}

Answers settled_answers(const Questionnaire& questionnaire, const AnsweringContext& context, const Answers& keyed) {
  Answers answers(questionnaire.questions.size());
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    if (question.type->answer_kind() == AnswerKind::none || !is_asked(questionnaire, i, answers, context)) continue;
    answers[i] = keyed[i] == Answer(Absence::not_asked) ? Answer(Absence::blank) : keyed[i];
    if (question.constraint && is_answered(answers[i]) && !holds(question.constraint->condition, questionnaire, answers)) {
      // Only two answers can contradict one another: what is missing breaks nothing.
      const auto named = questions_named(question.constraint->condition);
      const bool all_there = std::all_of(named.begin(), named.end(), [&](auto position) { return is_answered(answers[position]); });
      if (all_there) answers[i] = Absence::invalid;
    }
  }
  return answers;
}

std::string keyed_to_bytes(const Questionnaire& questionnaire, const KeyedForm& keyed) {
  return keyed.slip_code + "\n" + pack(questionnaire, keyed.answers);
}

Result<KeyedForm> keyed_from_bytes(const Questionnaire& questionnaire, std::string_view bytes) {
  const auto end = bytes.find('\n');
  if (end == std::string_view::npos) return fail(ErrorCode::answers_invalid, "not an entry of a paper form");
  return KeyedForm{std::string(bytes.substr(0, end)), TRY(unpack(questionnaire, bytes.substr(end + 1)))};
}

}  // namespace khaosat
