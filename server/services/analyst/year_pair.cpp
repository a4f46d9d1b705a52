#include "server/services/analyst/year_pair.h"

#include <algorithm>

#include "analysis/change/index_change.h"
#include "server/survey/questionnaire_diff.h"

namespace khaosat {

change::QuestionChanges question_changes(const Questionnaire& before, const Questionnaire& after) {
  change::QuestionChanges changes;
  for (const auto& question : diff(before, after).questions) {
    std::string words;
    for (const auto& one : question.changes) words += (words.empty() ? "" : "; ") + one;
    if (question.comparability == Comparability::broken) changes.broken[question.question] = words;
    if (question.comparability == Comparability::with_note) changes.noted[question.question] = words;
  }
  return changes;
}

Result<disclosure::PublishedChange> compare_campaigns(ComputeIndex& index, const Catalog& catalog, const CampaignEntry& before,
                                                      const CampaignEntry& after, const std::string& model) {
  const auto described = catalog.index_model(model);
  if (!described) return fail(ErrorCode::definition_unknown, "no index model " + model);
  const auto first = TRY(index.compute({before.campaign.id, model, {}, "", nullptr}));
  const auto second = TRY(index.compute({after.campaign.id, model, {}, "", nullptr}));
  if (first.year >= second.year) return fail(ErrorCode::out_of_range, "the campaign to compare with must be of an earlier year");
  change::ChangeOptions options;
  options.questions = question_changes(*before.questionnaire, *after.questionnaire);
  const auto change = TRY(change::compare_years(*described, first, *described, second, options));
  const auto shown_before = TRY(index.publish(first, before.campaign));
  const auto shown_after = TRY(index.publish(second, after.campaign));
  // The stricter of both promises.
  auto rules = disclosure_rules(after.campaign);
  rules.minimum = std::max(rules.minimum, disclosure_rules(before.campaign).minimum);
  return disclosure::publish_change(change, shown_before, shown_after, rules);
}

}  // namespace khaosat
