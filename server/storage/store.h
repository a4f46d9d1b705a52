// The boundary of storage: the registry of the office and the answers of each campaign, in separate
// files with no common key; and what people key in from paper, until it is settled. Services know this header, never a concrete store.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/answer_store.h"
#include "server/storage/paper_store.h"
#include "server/storage/registry.h"
#include "server/storage/store_measures.h"

namespace khaosat {

class Store {
 public:
  virtual ~Store() = default;
  virtual Registry& registry() = 0;
  // Opens the campaign's answers, making the file the first time. The same object for the same id.
  // `campaign_id` is 1 to 32 of [a-z0-9]; bad_request otherwise.
  virtual Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) = 0;
  // Campaigns whose answers have been opened at least once, sorted.
  virtual Result<std::vector<std::string>> campaigns_with_answers() = 0;
  // The campaign's paper forms: a third file, made the first time. Otherwise as answers().
  virtual Result<std::shared_ptr<PaperStore>> paper(std::string_view campaign_id) = 0;
  virtual Result<std::vector<std::string>> campaigns_with_paper() = 0;
  // All zero for a store that has no disk.
  virtual StoreMeasures measures() const { return {}; }
};

// True for the ids that may name a campaign, and so a file: 1 to 32 of [a-z0-9].
bool is_campaign_id(std::string_view text);

}  // namespace khaosat
