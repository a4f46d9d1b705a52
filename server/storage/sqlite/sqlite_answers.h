// The answers of one campaign in one SQLite file. While collecting: a log beside the file and one
// writer. After closing the file is rebuilt, stands alone, and is only read.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "server/storage/accept_later.h"
#include "server/storage/answer_store.h"
#include "server/storage/sqlite/readers.h"
#include "server/storage/sqlite/writer.h"

namespace khaosat::sqlite {

class SqliteAnswers final : public AnswerStore, public AcceptsLater {
 public:
  // Makes or migrates the file; finishes the rebuilding of a closed one if it was interrupted.
  static Result<std::unique_ptr<SqliteAnswers>> open(const std::string& path,
                                                     const ConnectionOptions& options,
                                                     WriterLimits limits);
  // Every change is refused with not_allowed. not_found: no such file.
  static Result<std::unique_ptr<SqliteAnswers>> open_read_only(const std::string& path,
                                                               const ConnectionOptions& options);

  Result<void> add_slips(const Cell& cell, const std::vector<Digest>& slips) override;
  Result<ArrivalOutcome> accept(Arrival arrival) override;
  void accept_later(Arrival arrival, ArrivalTold told) override;
  Result<std::vector<PsuCount>> counts() override;
  Result<BatchReport> form_batches(const Campaign& campaign, const Unseal& unseal) override;
  Result<ClosingReport> close(const Campaign& campaign, const Unseal& unseal) override;
  Result<bool> is_closed() override;
  Result<void> each_response(const std::function<void(const Response&)>& visit) override;
  Result<void> each_packed(
      const std::function<void(const Cell& cell, std::string_view packed)>& visit) override;
  Result<Digest> fingerprint() override;
  Result<std::shared_ptr<const ByteSource>> columns() override;
  Result<void> keep_columns(std::string_view bytes) override;
  Result<void> copy_to(const std::string& path) override;

 private:
  SqliteAnswers(std::string path, const ConnectionOptions& options)
      : path_(path), readers_(std::move(path), options) {}
  std::string columns_path() const;
  Result<void> write(Writer::Job job, Writer::Kind kind = Writer::Kind::plain);
  Result<bool> batch_waits(int k);
  // Rebuilds the closed file and ends the writer.
  void retire();

  const std::string path_;
  bool read_only_ = false;
  std::atomic<bool> closed_{false};
  std::unique_ptr<Writer> writer_;  // none: read only, or closed before it was opened
  Readers readers_;  // after the writer: closed first, so that the last to leave removes the log
  // Batches, closing and copies take turns, so that a copy never holds back the emptying of the
  // log.
  std::mutex border_;
};

}  // namespace khaosat::sqlite
