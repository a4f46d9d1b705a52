#include "analysis/index/survey_items.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat::index {

std::vector<SurveyItem> survey_items(const IndexModel& model, int year,
                                     const QuestionnaireFacts* questionnaire) {
  std::vector<SurveyItem> items;
  for (const IndexTree::Place& place : model.tree(year).places) {
    const Node& node = model.nodes[place.node];
    if (!node.leaf || node.leaf->source != LeafSource::survey) continue;
    const SurveyLeaf& leaf = node.leaf->survey;
    SurveyItem item{node.id, leaf.question, leaf.option_scores, false, false, leaf.absence_scores};
    const QuestionFacts* facts = nullptr;
    if (questionnaire != nullptr) {
      const auto found = questionnaire->questions.find(leaf.question);
      if (found != questionnaire->questions.end()) facts = &found->second;
    }
    if (leaf.value == SurveyValue::share) {
      if (facts != nullptr)
        for (const std::string& option : facts->options) item.option_scores[option] = 0;
      for (const std::string& option : leaf.chosen) item.option_scores[option] = 1;
      item.every_other_option_is_zero = facts == nullptr;
    } else if (leaf.option_scores.empty()) {
      if (facts != nullptr) item.option_scores = facts->scores;
      item.number = facts == nullptr || facts->number;
    }
    items.push_back(std::move(item));
  }
  return items;
}

Result<sums::Answer> answer_from_options(const SurveyItem& item,
                                         std::span<const std::string_view> chosen) {
  double best = 0;
  for (std::size_t k = 0; k < chosen.size(); ++k) {
    const auto found = item.option_scores.find(std::string(chosen[k]));
    if (found == item.option_scores.end()) {
      if (item.every_other_option_is_zero) continue;
      std::vector<std::string> known;
      for (const auto& [option, score] : item.option_scores) known.push_back(option);
      const auto near = nearest(chosen[k], known);
      return fail(ErrorCode::unknown_option, "\"" + std::string(chosen[k]) + "\" is no option of question " +
                                                 item.question +
                                                 (near ? "; did you mean \"" + *near + "\"?" : ""));
    }
    best = k == 0 ? found->second : std::max(best, found->second);
  }
  if (chosen.empty())
    return fail(ErrorCode::wrong_type, "no option of question " + item.question + " is given");
  return sums::Answer::scored(best);
}

Result<sums::Answer> answer_from_number(const SurveyItem& item, double number) {
  if (!item.number)
    return fail(ErrorCode::wrong_type, "question " + item.question + " takes an option, not a number");
  return sums::Answer::scored(number);
}

sums::Answer answer_from_absence(const SurveyItem& item, sums::Absence absence) {
  const auto found = item.absence_scores.find(std::string(sums::name_of(absence)));
  return found == item.absence_scores.end() ? sums::Answer::absent(absence)
                                            : sums::Answer::scored(found->second);
}

std::optional<sums::Absence> absence_from(std::string_view name) {
  for (std::size_t k = 0; k < sums::kAbsenceKinds; ++k)
    if (sums::name_of(static_cast<sums::Absence>(k)) == name) return static_cast<sums::Absence>(k);
  return std::nullopt;
}

}  // namespace khaosat::index
