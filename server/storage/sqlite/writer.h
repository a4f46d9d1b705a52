// The one thread that changes a file. Callers hand it a job and wait, or are told later; it takes
// whatever is queued, runs each job in a savepoint, commits them together with one flush, and then
// answers all of them.
// It alone empties the log (checkpoints). Thread safe.
//
// An error of a job undoes that job only; one of a job that promised to refuse before its first change
// undoes the group. An error of the commit reaches every job of the group, and does not mean that
// nothing was stored: whoever repeats the call finds out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
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
  // Pages in the log: copied into the file when nothing came for a while, or in any case. A page that
  // changes again and again is copied once for each time, so that a burst is left to end first.
  int idle_checkpoint_pages = 1000;
  int forced_checkpoint_pages = 32000;  // 64 MB of answers; the longer, the fewer pages are copied twice
  std::chrono::milliseconds idle_after{50};
  // Shared by the writers of a store.
  std::shared_ptr<CommitMeter> meter = std::make_shared<CommitMeter>();
};

class Writer {
 public:
  using Job = std::function<Result<void>(Connection&)>;
  // How a job runs. `refusing_first`: it refuses before its first change or not at all, which saves
  // keeping every page as it was before. `truncating`: afterwards nothing of it is left in the log
  // (tried again later if somebody is reading). `alone`: outside any transaction.
  enum class Kind { plain, refusing_first, truncating, alone };
  // Called once, after the commit, on the writer's thread: quick, and without throwing.
  using Done = std::function<void(Result<void>)>;

  explicit Writer(std::unique_ptr<Connection> connection, WriterLimits limits = {});
  ~Writer();  // stop()
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Returns after the commit. storage_busy: the queue is full or the writer was stopped.
  Result<void> write(Job job, Kind kind = Kind::plain);
  // The same without waiting. A refusal is told on the caller's thread, before this returns; what
  // throws, for want of memory, has told nothing.
  void post(Job job, Kind kind, Done done);

  // Runs what is queued, empties the log and closes the file.
  void stop();

 private:
  struct Entry {
    Job job;
    Kind kind;
    Done done;
    Result<void> result;
  };
  // An entry stays the same list node from its caller to its answer: the thread that writes needs no
  // memory of its own to take, run and answer it, and cannot die of having none.
  using Group = std::list<Entry>;

  void loop();
  // Takes the next jobs; empty when there is none and only housekeeping is due, or at the end.
  Group next_group();
  Group take_from_queue();
  void run_group(Group& group);
  Result<void> commit_group(Group& group);
  Result<void> run_job(Entry& entry);
  bool pause_is_awaited() const;
  void housekeeping(bool idle);

  std::unique_ptr<Connection> connection_;
  const WriterLimits limits_;
  // Only the thread touches these.
  bool truncation_due_ = false;
  bool written_since_pause_ = false;

  std::mutex mutex_;
  std::condition_variable wake_;
  Group queue_;
  bool stopping_ = false;
  std::once_flag stopped_;
  std::thread thread_;  // last: it uses the others
};

}  // namespace khaosat::sqlite
