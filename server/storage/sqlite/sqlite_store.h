// The store on disk: <folder>/registry.db, <folder>/answers/<campaign id>.db,
// <folder>/paper/<campaign id>.db,
// <folder>/khaosat.lock. Thread safe.
#pragma once

#include <memory>
#include <string>

#include "server/storage/store.h"

namespace khaosat {

struct SqliteOptions {
  std::size_t queue = 4096;  // submissions that may wait for the disk, for each campaign
  std::size_t group = 256;   // submissions in one flush
  int page_size = 4096;      // bytes; for new files but those of answers
  // An answer changes a page of each of three tables, and each goes through the log whole.
  int answers_page_size = 2048;
  // For tests: another file system layer, and no flush at commits (which loses answers).
  std::string vfs;
  bool flush_every_commit = true;
};

class SqliteStore final : public Store {
 public:
  // Makes the folder (mode 0700) and the files on demand. data_in_use names the process that holds
  // the folder; schema_newer; file_unwritable; storage_full; storage_failed.
  static Result<std::unique_ptr<SqliteStore>> open(const std::string& folder,
                                                   const SqliteOptions& options = {});
  // For computing beside a running server: takes no lock, and every change is refused with
  // not_allowed. Answers of closed campaigns can be read; answers() is not_found without a file.
  static Result<std::unique_ptr<SqliteStore>> open_read_only(const std::string& folder,
                                                             const SqliteOptions& options = {});
  ~SqliteStore() override;

  Registry& registry() override;
  Result<std::shared_ptr<AnswerStore>> answers(std::string_view campaign_id) override;
  Result<std::vector<std::string>> campaigns_with_answers() override;
  Result<std::shared_ptr<PaperStore>> paper(std::string_view campaign_id) override;
  Result<std::vector<std::string>> campaigns_with_paper() override;
  StoreMeasures measures() const override;

 private:
  struct Parts;
  explicit SqliteStore(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace khaosat
