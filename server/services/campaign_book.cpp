#include "server/services/campaign_book.h"

#include <algorithm>
#include <array>
#include <optional>

#include "server/catalog/recordings.h"
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
    // Every question with options knows a most of letters; few have an option with a field for them.
    if (question.options.empty() || question.other_option()) bytes += static_cast<std::size_t>(question.max_letters);
  }
  return (bytes + kWholeStep - 1) / kWholeStep * kWholeStep;
}

CampaignEntryPtr as_of_version(const CampaignEntryPtr& entry, int version) {
  for (const auto& one : entry->earlier) {
    if (one->questionnaire->identity.version == version) return one;
  }
  return entry;
}

CampaignEntryPtr as_of_paper(const CampaignEntryPtr& entry, int batch) {
  return as_of_version(entry, entry->campaign.version_of_paper(batch));
}

Result<void> each_answer(const CampaignEntry& entry, const std::function<void(const Cell& cell, std::string_view packed)>& visit) {
  if (entry.form->has_one()) return entry.answers->each_packed(visit);
  // The visitor may know a cell by its address.
  std::map<std::array<std::string, 3>, Cell> cells;
  std::optional<Error> trouble;
  TRY_VOID(entry.answers->each_response([&](const Response& response) {
    if (trouble) return;
    const auto packed = entry.form->repacked(response.questionnaire_version, response.packed);
    if (!packed) {
      trouble = packed.error();
      return;
    }
    const Cell& cell = response.cell;
    visit(cells.try_emplace({cell.unit, cell.stratum, cell.psu}, cell).first->second, *packed);
  }));
  if (trouble) return fail(*trouble);
  return {};
}

Result<CampaignEntryPtr> CampaignBook::find(std::string_view campaign_id) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(campaign_id);
    if (found != entries_.end()) return found->second;
  }
  auto campaign = TRY(store_.registry().campaign(campaign_id));
  if (!campaign) return fail(ErrorCode::not_found, "no such campaign", std::string(campaign_id));
  auto entry = TRY(entry_of(std::move(*campaign)));
  const std::lock_guard lock(mutex_);
  return entries_[std::string(campaign_id)] = std::move(entry);
}

Result<CampaignEntryPtr> CampaignBook::entry_of(Campaign campaign) {
  const RatedUnits rated = campaign.audience == Audience::rater ? campaign.units : RatedUnits{};
  std::vector<std::shared_ptr<const Questionnaire>> versions;
  CampaignEntry entry;
  for (const auto& identity : campaign.questionnaires()) {
    versions.push_back(TRY(pinned_questionnaire(store_.registry(), identity)));
    entry.sealed_size = std::max(entry.sealed_size, sealed_size(*versions.back(), rated.size()));
  }
  entry.form = TRY(CampaignForm::create(versions));
  entry.answers = TRY(store_.answers(campaign.id));
  entry.campaign = std::move(campaign);
  std::vector<CampaignEntryPtr> all;
  for (const auto& version : versions) {
    auto one = std::make_shared<CampaignEntry>(entry);
    one->campaign.questionnaire = version->identity;
    one->questionnaire = version;
    one->field_names = std::make_shared<const FieldNames>(field_names(*version, rated));
    const auto recordings = TRY(store_.registry().pinned("recordings", entry.campaign.id, version->identity.version));
    if (recordings) one->recordings = hashes_in_manifest(recordings->content);
    if (version == versions.back()) one->earlier = all;
    all.push_back(std::move(one));
  }
  return all.back();
}

Result<std::vector<Campaign>> CampaignBook::all() { return store_.registry().campaigns(); }

void CampaignBook::forget(std::string_view campaign_id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(campaign_id);
  if (found != entries_.end()) entries_.erase(found);
}

}  // namespace khaosat
