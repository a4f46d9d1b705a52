// A newer version of the questionnaire for a campaign that runs; see docs/versions.md.
#include <algorithm>

#include "analysis/index/index_model.h"
#include "base/text.h"
#include "server/catalog/catalog.h"
#include "server/services/campaign_service.h"

namespace khaosat {

namespace {

constexpr std::size_t kLongestReason = 1000;  // bytes

// Questions that any index of this questionnaire counts, whatever version it was written for.
std::set<std::string> counted_questions(const Catalog& catalog, const std::string& questionnaire) {
  std::set<std::string> counted;
  for (const auto& model : catalog.index_models()) {
    if (model->questionnaire != questionnaire) continue;
    for (const auto& node : model->nodes) {
      if (node.leaf && node.leaf->source == index::LeafSource::survey) counted.insert(node.leaf->survey.question);
    }
  }
  return counted;
}

Faults faults_of(const VersionCheck& check, const std::string& label) {
  Faults faults;
  for (const auto& refusal : check.refusals()) {
    faults.push_back({label, refusal.question, ErrorCode::not_comparable, std::string(name_of(refusal.point)) + ": " + in_words(refusal)});
  }
  return faults;
}

Result<std::string> reason_of(const VersionRequest& request) {
  const auto reason = clean_text(request.reason);
  if (!reason.has_value()) return fail(ErrorCode::not_utf8, "the reason is not readable text", "reason");
  const std::string said(trim(*reason));
  if (said.empty()) return fail(ErrorCode::missing_field, "say why a newer version is published", "reason");
  if (said.size() > kLongestReason) return fail(ErrorCode::too_long, "at most 1,000 bytes", "reason");
  return said;
}

// Batches handed out so far were printed from what was asked until now.
Result<int> first_paper_batch(Store& store, const std::string& campaign_id) {
  const auto known = TRY(store.campaigns_with_paper());
  if (std::find(known.begin(), known.end(), campaign_id) == known.end()) return 1;
  const auto paper = TRY(store.paper(campaign_id));
  return static_cast<int>(TRY(paper->batches()).size()) + 1;
}

}  // namespace

Result<std::vector<int>> CampaignService::newer_versions(std::string_view campaign_id) {
  const auto entry = TRY(book_.find(campaign_id));
  const DefinitionIdentity& asked = entry->campaign.questionnaire;
  std::vector<int> newer;
  for (const auto& one : catalog_.questionnaires()) {
    if (one->identity.id == asked.id && one->identity.version > asked.version) newer.push_back(one->identity.version);
  }
  std::sort(newer.begin(), newer.end());
  return newer;
}

Result<VersionCheck> CampaignService::check_version_of(const CampaignEntry& entry, const VersionRequest& request) {
  if (entry.campaign.state != CampaignState::open) {
    return fail(ErrorCode::campaign_wrong_state, "a newer version is for a campaign that is open", entry.campaign.id);
  }
  const std::string& id = entry.campaign.questionnaire.id;
  const auto next = catalog_.questionnaire(id, request.version);
  if (!next) return fail(ErrorCode::definition_unknown, "no questionnaire " + id + "/" + std::to_string(request.version));
  return khaosat::check_version(entry.form->versions(), *next, {request.same_meaning, counted_questions(catalog_, id)});
}

Result<VersionCheck> CampaignService::check_version(std::string_view campaign_id, const VersionRequest& request) {
  return check_version_of(*TRY(book_.find(campaign_id)), request);
}

Result<Campaign> CampaignService::publish_version(std::string_view campaign_id, const VersionRequest& request,
                                                  const std::string& actor, Faults* faults) {
  const std::lock_guard lock(steps_);
  const auto entry = TRY(book_.find(campaign_id));
  const auto check = TRY(check_version_of(*entry, request));
  Campaign campaign = entry->campaign;
  const auto next = catalog_.questionnaire(campaign.questionnaire.id, request.version);
  if (!check.may_be_published()) {
    const Faults found = faults_of(check, next->identity.label());
    if (faults) *faults = found;
    return fail(ErrorCode::not_comparable, found.front().message, found.front().place);
  }
  const std::string reason = TRY(reason_of(request));
  TRY_VOID(pin(store_.registry(), catalog_, "questionnaire", next->identity));
  for (const auto& scale : next->scales) TRY_VOID(pin(store_.registry(), catalog_, "scale", scale));
  TRY_VOID(pin_recordings(store_.registry(), catalog_, campaign.id, *next));
  if (campaign.versions.empty()) campaign.versions.push_back({campaign.questionnaire, "", "", 1});
  campaign.versions.push_back({next->identity, vietnam_date(clock_.now()), reason, TRY(first_paper_batch(store_, campaign.id))});
  campaign.questionnaire = next->identity;
  std::string stated;
  for (const auto& question : request.same_meaning) stated += (stated.empty() ? "; same meaning: " : ", ") + question;
  TRY_VOID(store_.registry().put_campaign(campaign));
  book_.forget(campaign_id);
  TRY_VOID(journal(actor, "campaign.version", campaign.id, campaign.questionnaire.label() + " " + campaign.questionnaire.hash + "; " + reason + stated));
  return campaign;
}

}  // namespace khaosat
