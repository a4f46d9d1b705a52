// The campaigns that exist, each with its pinned questionnaire and its store of answers, read once
// and shared. Thread safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/storage/store.h"
#include "server/survey/campaign_form.h"
#include "server/survey/questionnaire.h"
#include "server/survey/read_answers.h"

namespace khaosat {

struct CampaignEntry;
using CampaignEntryPtr = std::shared_ptr<const CampaignEntry>;

// A campaign as it stands; never changed, replaced by a newer one when the campaign changes.
struct CampaignEntry {
  Campaign campaign;
  // For whoever answers now: the newest version. Answers that are stored are read by `form`.
  std::shared_ptr<const Questionnaire> questionnaire;
  std::shared_ptr<const CampaignForm> form;
  std::shared_ptr<AnswerStore> answers;
  std::shared_ptr<const FieldNames> field_names;  // of a form that answers `questionnaire`
  // Language → hash of the recordings pinned with this version (server/catalog/recordings.h).
  std::map<std::string, std::string, std::less<>> recordings;
  // Bytes that every answer is padded to while it waits; the same for all versions.
  std::size_t sealed_size = 0;
  // The campaign as it stood with each earlier version, for who began with it; oldest first. Only
  // `questionnaire`, `field_names`, `recordings` and campaign.questionnaire differ.
  std::vector<CampaignEntryPtr> earlier;

  // All versions as one, for reading a closed campaign.
  const Questionnaire& whole() const { return *form->whole(); }
};

// The campaign as somebody meets it who began with that version; `entry` itself where it is the newest,
// or where the campaign never had it.
CampaignEntryPtr as_of_version(const CampaignEntryPtr& entry, int version);
// The same for the sheets of one batch of paper forms.
CampaignEntryPtr as_of_paper(const CampaignEntryPtr& entry, int batch);

// Every response of a closed campaign as CampaignForm::whole() lays it out, in the order of
// AnswerStore::each_packed() and with its promises. THE way to read answers: no version is forgotten.
// campaign_not_closed, answers_invalid.
Result<void> each_answer(const CampaignEntry& entry, const std::function<void(const Cell& cell, std::string_view packed)>& visit);

// What the longest answer takes when compacted: a byte for each code, and for each letter of own words,
// as text of one alphabet needs less (1,000 letters of Vietnamese: at most 760 bytes). A multiple of 256.
std::size_t sealed_size(const Questionnaire& questionnaire, std::size_t rated_units);

class CampaignBook {
 public:
  explicit CampaignBook(Store& store) : store_(store) {}

  // not_found; definition_unknown if the pinned questionnaire is missing.
  Result<CampaignEntryPtr> find(std::string_view campaign_id);
  Result<std::vector<Campaign>> all();
  // To be called after every change of the campaign.
  void forget(std::string_view campaign_id);

 private:
  Result<CampaignEntryPtr> entry_of(Campaign campaign);

  Store& store_;
  std::mutex mutex_;
  std::map<std::string, CampaignEntryPtr, std::less<>> entries_;
};

}  // namespace khaosat
