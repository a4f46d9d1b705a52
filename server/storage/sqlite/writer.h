// The one thread that changes a file. Callers hand it a job and wait; it takes whatever is queued,
// runs each job in a savepoint, commits them together with one flush, and then answers all of them.
// It alone empties the log (checkpoints). Thread safe.
//
// An error of a job undoes that job only. An error of the commit reaches every job of the group,
// and does not mean that nothing was stored: whoever repeats the call finds out.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "server/storage/sqlite/connection.h"
#include "server/storage/store_measures.h"

namespace khaosat::sqlite {

struct WriterLimits {
  std::size_t queue = 4096;  // more are refused with storage_busy
  std::size_t group = 256;   // jobs in one commit
  // Pages in the log: copied into the file when idle, or in any case.
  int idle_checkpoint_pages = 1000;
  int forced_checkpoint_pages = 8000;
  // Shared by the writers of a store.
  std::shared_ptr<CommitMeter> meter = std::make_shared<CommitMeter>();
};

class Writer {
 public:
  using Job = std::function<Result<void>(Connection&)>;
  // How a job runs. `truncating`: afterwards nothing of it is left in the log (tried again later if
  // somebody is reading). `alone`: outside any transaction.
  enum class Kind { plain, truncating, alone };

  explicit Writer(std::unique_ptr<Connection> connection, WriterLimits limits = {});
  ~Writer();  // stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns after the commit. storage_busy: the queue is full or the writer was stopped.
  Result<void> write(Job job, Kind kind = Kind::plain);

  // Runs what is queued, empties the log and closes the file.
  void stop();

 private:
  struct Entry {
    Job job;
    Kind kind;
    std::promise<Result<void>> done;
  };
  using Group = std::deque<Entry>;

  void loop();
  // Takes the next jobs; empty when there is none and only housekeeping is due, or at the end.
  Group next_group();
  Group take_from_queue();
  void run_group(Group& group);
  Result<void> commit_group(Group& group, std::vector<Result<void>>& results);
  void housekeeping(bool idle);

  std::unique_ptr<Connection> connection_;
  const WriterLimits limits_;
  bool truncation_due_ = false;  // only the thread touches it

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Entry> queue_;
  bool stopping_ = false;
  std::once_flag stopped_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace khaosat::sqlite
