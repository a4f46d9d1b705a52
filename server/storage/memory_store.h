// Everything in memory: for tests and trial runs. Same contract as the other stores, but nothing
// outlives the object. Thread safe: one lock, as the load is a person's.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/storage/store.h"

namespace khaosat {

class MemoryStore final : public Store {
 public:
  MemoryStore();
  ~MemoryStore() override;

  Registry& registry() override { return *registry_; }
  Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) override;
  Result<std::vector<std::string>> campaigns_with_answers() override;
  Result<std::shared_ptr<PaperStore>> paper(std::string_view campaign_id) override;
  Result<std::vector<std::string>> campaigns_with_paper() override;

 private:
  std::unique_ptr<Registry> registry_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<AnswerStore>, std::less<>> answers_;
  std::map<std::string, std::shared_ptr<PaperStore>, std::less<>> paper_;
};

}  // namespace khaosat
