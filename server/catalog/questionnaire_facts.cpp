#include "server/catalog/questionnaire_facts.h"

namespace khaosat {

index::QuestionnaireFacts questionnaire_facts(const Questionnaire& questionnaire) {
  index::QuestionnaireFacts facts;
  facts.id = questionnaire.identity.id;
  facts.version = questionnaire.identity.version;
  for (const auto& question : questionnaire.questions) {
    index::QuestionFacts& known = facts.questions[question.id];
    for (const auto& option : question.options) {
      known.options.push_back(option.id);
      if (option.score) known.scores[option.id] = *option.score;
    }
    known.number = question.options.empty();
  }
  return facts;
}

}  // namespace khaosat
