// How the answers of one unit were spread over the options of each question of an index. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "analysis/disclosure/distribution.h"
#include "analysis/disclosure/published_run.h"
#include "server/services/campaign_book.h"

namespace khaosat {

struct QuestionSpread {
  std::size_t question = 0;  // position in CampaignEntry::whole()
  std::size_t node = 0;      // leaf of the run
  disclosure::PublishedDistribution distribution;
};

// Questions with one option to choose that are leaves of `run`, in the order of the questionnaire. A question
// whose figure the run keeps back for this unit is hidden here as well. `run` was made of the campaign.
Result<std::vector<QuestionSpread>> option_spreads(const CampaignEntry& entry, const disclosure::PublishedRun& run,
                                                   const disclosure::PublishedUnit& unit);

}  // namespace khaosat
