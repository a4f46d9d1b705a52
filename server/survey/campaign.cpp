#include "server/survey/campaign.h"

namespace khaosat {

std::string_view name_of(Audience audience) {
  switch (audience) {
    case Audience::citizen: return "citizen";
    case Audience::staff: return "staff";
    case Audience::rater: return "rater";
  }
  return "citizen";
}

std::optional<Audience> audience_named(std::string_view name) {
  for (const Audience audience : {Audience::citizen, Audience::staff, Audience::rater}) {
    if (name_of(audience) == name) return audience;
  }
  return std::nullopt;
}

const PrimarySamplingUnit* Campaign::psu(std::string_view psu_id) const {
  for (const auto& candidate : psus) {
    if (candidate.id == psu_id) return &candidate;
  }
  return nullptr;
}

const Stratum* Campaign::stratum(std::string_view stratum_id) const {
  for (const auto& candidate : strata) {
    if (candidate.id == stratum_id) return &candidate;
  }
  return nullptr;
}

std::vector<DefinitionIdentity> Campaign::questionnaires() const {
  if (versions.empty()) return {questionnaire};
  std::vector<DefinitionIdentity> all;
  for (const auto& version : versions) all.push_back(version.questionnaire);
  return all;
}

bool Campaign::asks(std::string_view questionnaire_id, int version) const {
  for (const auto& one : questionnaires()) {
    if (one.id == questionnaire_id && one.version == version) return true;
  }
  return false;
}

int Campaign::version_of_paper(int batch) const {
  int version = versions.empty() ? questionnaire.version : versions.front().questionnaire.version;
  for (const auto& one : versions) {
    if (one.first_paper_batch <= batch) version = one.questionnaire.version;
  }
  return version;
}

Result<void> check_takes_answers(const Campaign& campaign, std::string_view date) {
  if (campaign.state == CampaignState::closed || (!campaign.closes_on.empty() && date > campaign.closes_on)) {
    return fail(ErrorCode::campaign_closed, "this campaign takes no more answers", campaign.id);
  }
  if (campaign.state != CampaignState::open || (!campaign.opens_on.empty() && date < campaign.opens_on)) {
    return fail(ErrorCode::campaign_not_open, "this campaign has not opened", campaign.id);
  }
  return {};
}

}  // namespace khaosat
