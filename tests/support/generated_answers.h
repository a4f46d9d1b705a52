// A closed campaign whose answers are made up row by row while they are read, so that a million of them
// take no memory; and a store that holds such campaigns beside a registry in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/storage/memory_store.h"

namespace khaosat::test {

class GeneratedAnswers final : public AnswerStore {
 public:
  using Make = std::function<Response(std::uint64_t row)>;
  GeneratedAnswers(std::uint64_t rows, Make make) : rows_(rows), make_(std::move(make)) {}

  Result<void> each_response(const std::function<void(const Response&)>& visit) override {
    for (std::uint64_t row = 0; row < rows_; ++row) visit(make_(row));
    return {};
  }
  Result<bool> is_closed() override { return true; }
  Result<std::vector<PsuCount>> counts() override { return std::vector<PsuCount>(); }
  Result<void> add_slips(const Cell&, const std::vector<Digest>&) override { return refused(); }
  Result<ArrivalOutcome> accept(Arrival) override { return ArrivalOutcome::closed; }
  Result<BatchReport> form_batches(const Campaign&, const Unseal&) override { return BatchReport(); }
  Result<ClosingReport> close(const Campaign&, const Unseal&) override { return ClosingReport(); }
  Result<Digest> fingerprint() override { return sha256("made up"); }
  Result<std::shared_ptr<const ByteSource>> columns() override { return fail(ErrorCode::not_found, "none is kept"); }
  Result<void> keep_columns(std::string_view) override { return {}; }
  Result<void> copy_to(const std::string&) override { return refused(); }

 private:
  static Result<void> refused() { return fail(ErrorCode::campaign_closed, "the answers are made up"); }
  std::uint64_t rows_;
  Make make_;
};

class GeneratedStore final : public Store {
 public:
  Registry& registry() override { return memory_.registry(); }
  Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) override {
    const auto found = answers_.find(campaign_id);
    if (found != answers_.end()) return found->second;
    return memory_.answers(campaign_id);
  }
  Result<std::vector<std::string>> campaigns_with_answers() override { return memory_.campaigns_with_answers(); }
  Result<std::shared_ptr<PaperStore>> paper(std::string_view campaign_id) override { return memory_.paper(campaign_id); }
  Result<std::vector<std::string>> campaigns_with_paper() override { return memory_.campaigns_with_paper(); }
  void put(const std::string& campaign_id, std::shared_ptr<AnswerStore> answers) { answers_[campaign_id] = std::move(answers); }

 private:
  MemoryStore memory_;
  std::map<std::string, std::shared_ptr<AnswerStore>, std::less<>> answers_;
};

}  // namespace khaosat::test
