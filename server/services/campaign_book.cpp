#include "server/services/campaign_book.h"

#include "server/survey/packed.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"

namespace khaosat {

namespace {

// The questionnaire as it was pinned, with the scales pinned beside it.
Result<std::shared_ptr<const Questionnaire>> pinned_questionnaire(Registry& registry,
                                                                  const DefinitionIdentity& identity) {
  const auto pinned = TRY(registry.pinned("questionnaire", identity.id, identity.version));
  if (!pinned || pinned->identity.hash != identity.hash) {
    return fail(ErrorCode::definition_unknown, "the campaign's questionnaire is not in the registry",
                identity.label());
  }
  std::vector<std::shared_ptr<const Scale>> scales;
  const FindScale find_scale = [&](std::string_view id, int version) -> const Scale* {
    const auto content = registry.pinned("scale", id, version);
    if (!content || !*content) return nullptr;
    scales.push_back(read_scale((*content)->identity.label(), (*content)->content).scale);
    return scales.back().get();
  };
  auto reading = read_questionnaire(identity.label(), pinned->content, find_scale);
  if (!reading.questionnaire) return fail(as_error(reading.faults));
  return reading.questionnaire;
}

}  // namespace

std::size_t sealed_size(const Questionnaire& questionnaire, std::size_t rated_units) {
  constexpr std::size_t kAround = 64;   // version, language, lengths
  constexpr std::size_t kRating = 24;   // an id of a unit and its grade
  constexpr std::size_t kWholeStep = 256;
  std::size_t bytes = kAround + PackedLayout(questionnaire).code_count() + kRating * rated_units;
  for (const auto& question : questionnaire.questions) {
    if (question.options.empty()) bytes += sizeof(double);
    bytes += static_cast<std::size_t>(question.max_letters);
  }
  return (bytes + kWholeStep - 1) / kWholeStep * kWholeStep;
}

Result<CampaignEntryPtr> CampaignBook::find(std::string_view campaign_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(campaign_id);
    if (found != entries_.end()) return found->second;
  }
  auto campaign = TRY(store_.registry().campaign(campaign_id));
  if (!campaign) return fail(ErrorCode::not_found, "no such campaign", std::string(campaign_id));
  auto entry = std::make_shared<CampaignEntry>();
  entry->questionnaire = TRY(pinned_questionnaire(store_.registry(), campaign->questionnaire));
  entry->answers = TRY(store_.answers(campaign_id));
  entry->sealed_size = sealed_size(*entry->questionnaire, campaign->audience == Audience::rater ? campaign->units.size() : 0);
  entry->field_names = std::make_shared<const FieldNames>(
      field_names(*entry->questionnaire, campaign->audience == Audience::rater ? campaign->units : RatedUnits{}));
  entry->campaign = std::move(*campaign);
  const std::lock_guard lock(mutex_);
  return entries_[std::string(campaign_id)] = std::move(entry);
}

Result<std::vector<Campaign>> CampaignBook::all() { return store_.registry().campaigns(); }

void CampaignBook::forget(std::string_view campaign_id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(campaign_id);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace khaosat
