// One closed campaign against an earlier one by the same model. Thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/change/comparability.h"
#include "analysis/disclosure/published_change.h"
#include "base/clock.h"
#include "server/services/compute_index.h"

namespace khaosat {

// What two questionnaires say about going on with a series.
change::QuestionChanges question_changes(const Questionnaire& before, const Questionnaire& after);

// Refuses what ComputeIndex and change::compare_years() refuse; out_of_range too where both are of one year
// or the first is the later one.
Result<disclosure::PublishedChange> compare_campaigns(ComputeIndex& index, const Catalog& catalog, const CampaignEntry& before,
                                                      const CampaignEntry& after, const std::string& model);

// Years that are known by what was published of them: results the office kept (`index_run`), and those it was handed.
inline constexpr std::string_view kPublishedYearRecord = "published_year";  // subject: the model's id
struct PublishedYear {
  std::string id;  // of the record
  int year = 0;
  std::string title;  // of the campaign of a kept result; empty: handed in
};
// Of this model and of years before the campaign's, newest first.
Result<std::vector<PublishedYear>> published_years(Store& store, CampaignBook& book, const CampaignEntry& after, const index::IndexModel& model,
                                                   std::string_view language);
// A result as `khaosat index compute --format json` writes it. Refuses bad_json; not_comparable: of another model or
// version of it, or not of an earlier year.
Result<void> keep_published_year(Store& store, const Clock& clock, const CampaignEntry& after, const index::IndexModel& model,
                                 std::string_view json, const std::string& actor);
// not_found; refusals of ComputeIndex and disclosure::compare_published().
Result<disclosure::PublishedChange> compare_with_published(Store& store, ComputeIndex& index, const CampaignEntry& after,
                                                           const index::IndexModel& model, const std::string& record);

}  // namespace khaosat
