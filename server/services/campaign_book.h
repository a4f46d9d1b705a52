// The campaigns that exist, each with its pinned questionnaire and its store of answers, read once
// and shared. Thread safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/storage/store.h"
#include "server/survey/questionnaire.h"
#include "server/survey/read_answers.h"

namespace khaosat {

// A campaign as it stands; never changed, replaced by a newer one when the campaign changes.
struct CampaignEntry {
  Campaign campaign;
  std::shared_ptr<const Questionnaire> questionnaire;
  std::shared_ptr<AnswerStore> answers;
  std::shared_ptr<const FieldNames> field_names;  // of a form that answers it
  std::size_t sealed_size = 0;  // bytes that every answer is padded to while it waits
};
using CampaignEntryPtr = std::shared_ptr<const CampaignEntry>;

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
  Store& store_;
  std::mutex mutex_;
  std::map<std::string, CampaignEntryPtr, std::less<>> entries_;
};

}  // namespace khaosat
