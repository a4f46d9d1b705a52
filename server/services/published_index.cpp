#include "server/services/published_index.h"

namespace khaosat {

std::shared_ptr<const index::IndexModel> main_model(const ComputeIndex& index, const Campaign& campaign) {
  const auto fitting = index.models_for(campaign);
  for (const auto& model : fitting) {
    if (!model->example) return model;
  }
  return fitting.empty() ? nullptr : fitting.front();
}

Error no_model_reads(const Campaign& campaign) {
  Error none{ErrorCode::definition_unknown, "no index model reads this questionnaire", campaign.id, {}};
  none.details = {{"why", "no_model"}, {"questionnaire", campaign.questionnaire.label()}};
  return none;
}

namespace {

Result<index::IndexRun> computed(ComputeIndex& index, const Campaign& campaign, std::string model) {
  if (campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "nothing is computed before the campaign closes", campaign.id);
  }
  if (model.empty()) {
    const auto found = main_model(index, campaign);
    if (!found) return fail(no_model_reads(campaign));
    model = found->identity.id;
  }
  return index.compute({campaign.id, std::move(model), {}, ""});
}

}  // namespace

Result<disclosure::PublishedRun> published_index(ComputeIndex& index, const Campaign& campaign, std::string model) {
  return index.publish(TRY(computed(index, campaign, std::move(model))), campaign);
}

Result<RankedIndex> ranked_index(ComputeIndex& index, const Campaign& campaign, std::string model) {
  const auto run = TRY(computed(index, campaign, std::move(model)));
  RankedIndex ranked{TRY(index.publish(run, campaign)), std::nullopt};
  auto table = robustness::rank_table(run, ranked.run, "", run.level);
  if (table) ranked.ranks = std::move(*table);
  else if (table.error().code != ErrorCode::not_comparable) return fail(table.error());
  return ranked;
}

}  // namespace khaosat
