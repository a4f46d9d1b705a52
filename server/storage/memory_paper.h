// Paper forms in memory, for tests and trial runs. Thread safe.
#pragma once

#include <map>
#include <mutex>

#include "server/storage/paper_store.h"

namespace khaosat {

class MemoryPaper final : public PaperStore {
 public:
  Result<PaperBatch> add_batch(PaperBatch batch) override;
  Result<std::vector<PaperBatch>> batches() override;
  Result<std::optional<PaperForm>> form(int number) override;
  Result<std::vector<PaperForm>> forms() override;
  Result<std::vector<PaperEntry>> entries(int number) override;
  Result<void> advance(const PaperStep& step) override { return advance(std::vector{step}); }
  Result<void> advance(const std::vector<PaperStep>& steps) override;
  Result<std::vector<ClerkTally>> tallies() override;
  Result<int> second_share() override;
  Result<void> set_second_share(int percent) override;
  Result<void> forget_entries() override;
  Result<void> copy_to(const std::string& path) override;

 private:
  struct Form {
    int batch = 0;
    PaperState state = PaperState::handed_out;
    std::vector<PaperEntry> entries;
  };
  static PaperForm shown(int number, const Form& form);

  std::mutex mutex_;
  std::vector<PaperBatch> batches_;
  std::map<int, Form> forms_;
  std::map<std::string, ClerkTally> tallies_;
  int second_share_ = 100;
};

}  // namespace khaosat
