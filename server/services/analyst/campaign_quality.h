// How the forms of a closed campaign were filled in, and the index with and without flagged people. Reads;
// changes nothing stored. Thread safe.
#pragma once

#include <optional>
#include <string>

#include "analysis/disclosure/published_quality.h"
#include "analysis/disclosure/published_run.h"
#include "analysis/quality/response_indicator.h"
#include "server/services/compute_index.h"

namespace khaosat {

struct CampaignQuality {
  disclosure::PublishedQuality quality;  // places are unit ids
  disclosure::PublishedRun with_all;
  // The same model over those without a flag; absent where nobody is flagged or nothing could be computed.
  std::optional<disclosure::PublishedRun> without_flagged;
  // Of slips handed out by primary sampling unit; absent where nobody was drawn.
  std::optional<quality::ResponseIndicator> response;
};

// `model` says which end of an item is the good one, and what is scored. campaign_not_closed and the
// refusals of ComputeIndex; too_few_answers; design_invalid: no question with one option to choose.
Result<CampaignQuality> campaign_quality(ComputeIndex& index, const Catalog& catalog, const CampaignEntry& entry, const std::string& model);

}  // namespace khaosat
