#include "server/services/published_index.h"

namespace khaosat {

std::shared_ptr<const index::IndexModel> main_model(const ComputeIndex& index, const Campaign& campaign) {
  const auto fitting = index.models_for(campaign);
  for (const auto& model : fitting) {
    if (!model->example) return model;
  }
  return fitting.empty() ? nullptr : fitting.front();
}

Result<disclosure::PublishedRun> published_index(ComputeIndex& index, const Campaign& campaign, std::string model) {
  if (campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "nothing is computed before the campaign closes", campaign.id);
  }
  if (model.empty()) {
    const auto found = main_model(index, campaign);
    if (!found) return fail(ErrorCode::definition_unknown, "no index model reads this questionnaire");
    model = found->identity.id;
  }
  const auto run = TRY(index.compute({campaign.id, std::move(model), {}, ""}));
  return index.publish(run, campaign);
}

}  // namespace khaosat
