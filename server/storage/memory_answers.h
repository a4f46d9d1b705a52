// The answers of one campaign in memory, see MemoryStore.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "server/storage/answer_store.h"

namespace khaosat {

class MemoryAnswers final : public AnswerStore {
 public:
  Result<void> add_slips(const Cell& cell, const std::vector<Digest>& slips) override;
  Result<ArrivalOutcome> accept(Arrival arrival) override;
  Result<std::vector<PsuCount>> counts() override;
  Result<BatchReport> form_batches(const Campaign& campaign, const Unseal& unseal) override;
  Result<ClosingReport> close(const Campaign& campaign, const Unseal& unseal) override;
  Result<bool> is_closed() override;
  Result<void> each_response(const std::function<void(const Response&)>& visit) override;
  Result<Digest> fingerprint() override;
  Result<std::shared_ptr<const ByteSource>> columns() override;
  Result<void> keep_columns(std::string_view bytes) override;
  Result<void> copy_to(const std::string& path) override;

 private:
  struct CellState {
    Cell cell;
    int slips = 0;
    int arrived = 0;
    std::vector<std::string> waiting;  // sealed
  };
  struct Slip {
    std::size_t cell = 0;
    bool spent = false;
  };

  std::size_t cell_index(const Cell& cell);
  // Opens the first `count` of `waiting` as one batch of `cell`.
  Result<std::vector<Response>> open(const std::vector<std::string>& waiting, std::size_t count,
                                     int k, const Unseal& unseal);
  void keep(std::vector<Response> batch);

  std::mutex mutex_;
  std::vector<CellState> cells_;
  std::map<Digest, Slip> slips_;
  std::map<Digest, Digest> submissions_;       // submission → content
  std::map<std::string, Response> responses_;  // by random key
  int batches_ = 0;
  std::optional<ClosingReport> closing_;
  std::shared_ptr<const ByteSource> columns_;
};

}  // namespace khaosat
