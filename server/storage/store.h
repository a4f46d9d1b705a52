// The boundary of storage: the registry of the office and the answers of each campaign, in separate
// files with no common key. Services know this header, never a concrete store.
#pragma once

#include <memory>
#include <string_view>

#include "server/storage/answer_store.h"
#include "server/storage/registry.h"

namespace khaosat {

class Store {
 public:
  virtual ~Store() = default;
  virtual Registry& registry() = 0;
  // Opens the campaign's answers, making the file the first time. The same object for the same id.
  virtual Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) = 0;
};

}  // namespace khaosat
