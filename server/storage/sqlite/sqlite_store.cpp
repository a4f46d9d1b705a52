#include "server/storage/sqlite/sqlite_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "server/storage/sqlite/copy_file.h"
#include "server/storage/sqlite/data_lock.h"
#include "server/storage/sqlite/sqlite_answers.h"
#include "server/storage/sqlite/sqlite_paper.h"
#include "server/storage/sqlite/sqlite_registry.h"

namespace khaosat {

using namespace sqlite;

namespace {

Result<void> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0) {
    // The name must survive a power cut as well as what will be in it.
    return flush_path(std::filesystem::path(folder).parent_path().string());
  }
  if (errno == EEXIST && std::filesystem::is_directory(folder)) return {};
  return fail(errno == ENOSPC ? ErrorCode::storage_full : ErrorCode::file_unwritable,
              std::string("cannot make the data folder: ") + std::strerror(errno), folder);
}

ConnectionOptions connection_options(const SqliteOptions& options) {
  return {options.vfs, options.page_size, options.flush_every_commit};
}

ConnectionOptions answers_options(const SqliteOptions& options) {
  return {options.vfs, options.answers_page_size, options.flush_every_commit};
}

WriterLimits writer_limits(const SqliteOptions& options, std::shared_ptr<CommitMeter> meter) {
  WriterLimits limits;
  limits.queue = options.queue;
  limits.group = options.group;
  limits.meter = std::move(meter);
  return limits;
}

}  // namespace

struct SqliteStore::Parts {
  std::string folder;
  SqliteOptions options;
  std::optional<DataLock> lock;  // none: read only
  std::shared_ptr<CommitMeter> meter = std::make_shared<CommitMeter>();
  std::unique_ptr<SqliteRegistry> registry;
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<AnswerStore>, std::less<>> answers;
  std::map<std::string, std::shared_ptr<PaperStore>, std::less<>> paper;

  std::string answers_folder() const { return folder + "/answers"; }
  std::string paper_folder() const { return folder + "/paper"; }
};

SqliteStore::SqliteStore(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

SqliteStore::~SqliteStore() {
  // Every file is closed before the lock is given up.
  parts_->answers.clear();
  parts_->paper.clear();
  parts_->registry.reset();
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& folder,
                                                       const SqliteOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->folder = folder;
  parts->options = options;
  TRY_VOID(make_folder(folder));
  parts->lock.emplace(TRY(DataLock::take(folder)));
  TRY_VOID(make_folder(parts->answers_folder()));
  parts->registry = TRY(SqliteRegistry::open(folder + "/registry.db", connection_options(options),
                                             writer_limits(options, parts->meter)));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_read_only(const std::string& folder,
                                                                 const SqliteOptions& options) {
  auto parts = std::make_unique<Parts>();
  parts->folder = folder;
  parts->options = options;
  parts->registry =
      TRY(SqliteRegistry::open_read_only(folder + "/registry.db", connection_options(options)));
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(parts)));
}

Registry& SqliteStore::registry() { return *parts_->registry; }

Result<std::shared_ptr<AnswerStore>> SqliteStore::answers(std::string_view campaign_id) {
  if (!is_campaign_id(campaign_id)) {
    return fail(ErrorCode::bad_request, "not the id of a campaign", std::string(campaign_id));
  }
  const std::lock_guard lock(parts_->mutex);
  const auto known = parts_->answers.find(campaign_id);
  if (known != parts_->answers.end()) return known->second;
  const std::string path = parts_->answers_folder() + "/" + std::string(campaign_id) + ".db";
  const auto options = answers_options(parts_->options);
  std::shared_ptr<AnswerStore> answers =
      parts_->lock ? TRY(SqliteAnswers::open(path, options, writer_limits(parts_->options, parts_->meter)))
                   : TRY(SqliteAnswers::open_read_only(path, options));
  parts_->answers.emplace(campaign_id, answers);
  return answers;
}

StoreMeasures SqliteStore::measures() const { return parts_->meter->measures(); }

Result<std::shared_ptr<PaperStore>> SqliteStore::paper(std::string_view campaign_id) {
  if (!is_campaign_id(campaign_id)) {
    return fail(ErrorCode::bad_request, "not the id of a campaign", std::string(campaign_id));
  }
  const std::lock_guard lock(parts_->mutex);
  const auto known = parts_->paper.find(campaign_id);
  if (known != parts_->paper.end()) return known->second;
  if (parts_->lock) TRY_VOID(make_folder(parts_->paper_folder()));
  const std::string path = parts_->paper_folder() + "/" + std::string(campaign_id) + ".db";
  const auto options = connection_options(parts_->options);
  std::shared_ptr<PaperStore> paper = parts_->lock
                                          ? TRY(SqlitePaper::open(path, options, writer_limits(parts_->options, parts_->meter)))
                                          : TRY(SqlitePaper::open_read_only(path, options));
  parts_->paper.emplace(campaign_id, paper);
  return paper;
}

namespace {

Result<std::vector<std::string>> campaigns_in(const std::string& folder) {
  std::vector<std::string> ids;
  std::error_code problem;
  for (const auto& entry : std::filesystem::directory_iterator(folder, problem)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() == ".db" && is_campaign_id(id)) ids.push_back(id);
  }
  if (problem) return fail(ErrorCode::file_unreadable, problem.message(), folder);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

Result<std::vector<std::string>> SqliteStore::campaigns_with_answers() {
  return campaigns_in(parts_->answers_folder());
}

Result<std::vector<std::string>> SqliteStore::campaigns_with_paper() {
  if (!std::filesystem::exists(parts_->paper_folder())) return std::vector<std::string>();
  return campaigns_in(parts_->paper_folder());
}

}  // namespace khaosat
