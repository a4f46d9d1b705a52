// The paper forms of one campaign in one SQLite file. Reads run on read-only connections, changes on
// the writer; deleted entries are overwritten (secure_delete) and leave the log at once.
#pragma once

#include <memory>
#include <string>

#include "server/storage/paper_store.h"
#include "server/storage/sqlite/readers.h"
#include "server/storage/sqlite/writer.h"

namespace khaosat::sqlite {

class SqlitePaper final : public PaperStore {
 public:
  // Makes or migrates the file.
  static Result<std::unique_ptr<SqlitePaper>> open(const std::string& path, const ConnectionOptions& options,
                                                   WriterLimits limits);
  // Every change is refused with not_allowed.
  static Result<std::unique_ptr<SqlitePaper>> open_read_only(const std::string& path, const ConnectionOptions& options);

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
  SqlitePaper(std::string path, const ConnectionOptions& options) : readers_(std::move(path), options) {}
  Result<void> write(Writer::Job job, Writer::Kind kind = Writer::Kind::plain);

  std::unique_ptr<Writer> writer_;  // none: read only
  Readers readers_;  // after the writer: closed first, so that the last to leave removes the log
};

}  // namespace khaosat::sqlite
