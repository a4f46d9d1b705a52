// One closed campaign against an earlier one by the same model. Thread safe.
#pragma once

#include <string>

#include "analysis/change/comparability.h"
#include "analysis/disclosure/published_change.h"
#include "server/services/compute_index.h"

namespace khaosat {

// What two questionnaires say about going on with a series.
change::QuestionChanges question_changes(const Questionnaire& before, const Questionnaire& after);

// Refuses what ComputeIndex and change::compare_years() refuse; out_of_range too where both are of one year
// or the first is the later one.
Result<disclosure::PublishedChange> compare_campaigns(ComputeIndex& index, const Catalog& catalog, const CampaignEntry& before,
                                                      const CampaignEntry& after, const std::string& model);

}  // namespace khaosat
