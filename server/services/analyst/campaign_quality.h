// How the forms of a closed campaign were filled in, and the index with and without flagged people. Reads;
// changes nothing stored. Thread safe.
#pragma once

#include <optional>
#include <string>

#include "analysis/disclosure/published_quality.h"
#include "analysis/disclosure/published_run.h"
#include "server/services/compute_index.h"

namespace khaosat {

struct CampaignQuality {
  disclosure::PublishedQuality quality;  // places are unit ids; response by primary sampling unit where people were drawn
  disclosure::PublishedRun with_all;
  // The same model over those without a flag; absent where nobody is flagged or nothing could be computed.
  std::optional<disclosure::PublishedRun> without_flagged;
};

// `registry` knows interviewers and back-checks. `model` says which end of an item is the good one, and what is scored. campaign_not_closed and the
// refusals of ComputeIndex; too_few_answers; design_invalid: no question with one option to choose.
Result<CampaignQuality> campaign_quality(Registry& registry, ComputeIndex& index, const Catalog& catalog, const CampaignEntry& entry, const std::string& model);

}  // namespace khaosat
