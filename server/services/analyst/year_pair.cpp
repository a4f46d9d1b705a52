#include "server/services/analyst/year_pair.h"

#include <algorithm>
#include <cstdlib>

#include "analysis/change/index_change.h"
#include "analysis/disclosure/published_run_json.h"
#include "analysis/disclosure/published_years.h"
#include "base/bytes.h"
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
  if (first.year >= second.year) return fail(change::refusal(ErrorCode::out_of_range, "not_earlier", "the campaign to compare with must be of an earlier year"));
  change::ChangeOptions options;
  options.questions = question_changes(before.whole(), after.whole());
  const auto change = TRY(change::compare_years(*described, first, *described, second, options));
  const auto shown_before = TRY(index.publish(first, before.campaign));
  const auto shown_after = TRY(index.publish(second, after.campaign));
  // The stricter of both promises.
  auto rules = disclosure_rules(after.campaign);
  rules.minimum = std::max(rules.minimum, disclosure_rules(before.campaign).minimum);
  return disclosure::publish_change(change, shown_before, shown_after, rules);
}

namespace {

int closing_year(const CampaignEntry& entry) { return std::atoi(entry.campaign.closes_on.substr(0, 4).c_str()); }

}  // namespace

Result<std::vector<PublishedYear>> published_years(Store& store, CampaignBook& book, const CampaignEntry& after, const index::IndexModel& model,
                                                   std::string_view language) {
  std::vector<PublishedYear> years;
  for (const auto kind : {std::string_view("index_run"), kPublishedYearRecord}) {
    for (const auto& record : TRY(store.registry().records(kind, ""))) {
      const auto run = disclosure::read_published_run(record.content);
      if (!run || run->model.id != model.identity.id || run->year >= closing_year(after)) continue;
      PublishedYear year{record.id, run->year, ""};
      if (kind == "index_run") {
        const auto of = book.find(record.subject);
        year.title = of ? (*of)->campaign.title.in(std::string(language)) : record.subject;
      }
      years.push_back(std::move(year));
    }
  }
  std::stable_sort(years.begin(), years.end(), [](const auto& a, const auto& b) { return a.year > b.year; });
  return years;
}

Result<void> keep_published_year(Store& store, const Clock& clock, const CampaignEntry& after, const index::IndexModel& model,
                                 std::string_view json, const std::string& actor) {
  const auto run = TRY(disclosure::read_published_run(json));
  if (run.model.id != model.identity.id || run.model.hash != model.identity.hash)
    return fail(change::refusal(ErrorCode::not_comparable, "other_model", "this result was computed by another model, " + run.model.label()));
  if (run.year >= closing_year(after)) return fail(change::refusal(ErrorCode::not_comparable, "not_earlier", "this result is not of an earlier year"));
  const std::string content = disclosure::to_json(run);
  const std::string hash = to_hex(view_of(sha256(content)));
  const auto added = store.registry().add_record({std::string(kPublishedYearRecord), hash.substr(0, 20), model.identity.id, content, hash, clock.now(), actor});
  if (!added) return added.error().code == ErrorCode::already_exists ? Result<void>() : fail(added.error());
  return store.registry().append_journal({0, clock.now(), actor, "index.published_year", model.identity.id, std::to_string(run.year) + "/" + hash, ""});
}

Result<disclosure::PublishedChange> compare_with_published(Store& store, ComputeIndex& index, const CampaignEntry& after,
                                                           const index::IndexModel& model, const std::string& record) {
  auto found = TRY(store.registry().record(kPublishedYearRecord, record));
  if (!found) found = TRY(store.registry().record("index_run", record));
  if (!found) return fail(ErrorCode::not_found, "no such result", record);
  const auto before = TRY(disclosure::read_published_run(found->content));
  const auto run = TRY(index.compute({after.campaign.id, model.identity.id, {}, "", nullptr}));
  const auto now = TRY(index.publish(run, after.campaign));
  return disclosure::compare_published(model, before, now);
}

}  // namespace khaosat
