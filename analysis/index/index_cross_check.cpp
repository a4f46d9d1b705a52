// A model beside its questionnaire: cross_check() of index_model.h.
#include <algorithm>

#include "analysis/index/index_model.h"
#include "base/text.h"

namespace khaosat::index {

void cross_check(const IndexModel& model, const QuestionnaireFacts& questionnaire,
                 const std::string& file, Faults& faults) {
  const std::string label = questionnaire.id + "/" + std::to_string(questionnaire.version);
  std::vector<std::string> questions;
  for (const auto& [id, facts] : questionnaire.questions) questions.push_back(id);
  for (const Node& node : model.nodes) {
    if (!node.leaf || node.leaf->source != LeafSource::survey) continue;
    const SurveyLeaf& leaf = node.leaf->survey;
    const std::string place = node.pointer + "/source/survey";
    const auto complain = [&](std::string message, ErrorCode code) {
      faults.push_back({file, place, code, std::move(message)});
    };
    const auto found = questionnaire.questions.find(leaf.question);
    if (found == questionnaire.questions.end()) {
      const auto near = nearest(leaf.question, questions);
      complain("the questionnaire " + label + " has no question \"" + leaf.question + "\"" +
                   (near ? "; did you mean \"" + *near + "\"?" : "; name another version or question"),
               ErrorCode::definition_unknown);
      continue;
    }
    const QuestionFacts& facts = found->second;
    const auto check_option = [&](const std::string& option) {
      if (std::find(facts.options.begin(), facts.options.end(), option) != facts.options.end()) return;
      const auto near = nearest(option, facts.options);
      complain("the question \"" + leaf.question + "\" of " + label + " has no option \"" + option + "\"" +
                   (near ? "; did you mean \"" + *near + "\"?" : ""),
               ErrorCode::unknown_option);
    };
    for (const std::string& option : leaf.chosen) check_option(option);
    for (const auto& [option, score] : leaf.option_scores) check_option(option);
    if (leaf.value == SurveyValue::mean && !facts.number) {
      const auto& scores = leaf.option_scores.empty() ? facts.scores : leaf.option_scores;
      for (const std::string& option : facts.options)
        if (!scores.contains(option))
          complain("the option \"" + option + "\" of \"" + leaf.question +
                       "\" has no score; add one to \"scores\" or to the scale",
                   ErrorCode::unknown_option);
    }
    if (leaf.value == SurveyValue::share && facts.number)
      complain("\"" + leaf.question + "\" is a number and has no options to take a share of",
               ErrorCode::wrong_type);
  }
}

}  // namespace khaosat::index
