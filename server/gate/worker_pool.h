// Threads that turn requests into answers, behind a bounded queue. There is one more than there are
// processors, as others would only take turns with these, until all are held up by something slow. An
// answer that awaits something (awaited.h) is set aside meanwhile and holds no thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "server/gate/awaited.h"

namespace khaosat {

class WorkerPool {
 public:
  using ConnectionId = std::uint64_t;
  struct Job {
    ConnectionId connection = 0;
    RawRequest request;  // moved from once handled
    RawAnswer answer;
    std::shared_ptr<AwaitedAnswer> awaited;  // stays until the answer has gone out
  };

  // `handle` runs on several threads at once; what it throws becomes an empty, closing 500.
  // `wake` is called, from any thread, when the first finished answer waits.
  WorkerPool(std::size_t most_threads, std::size_t queue_limit, std::function<Handled(RawRequest)> handle,
             std::function<void()> wake);
  // Finishes what is queued or set aside, then joins.
  ~WorkerPool();

  // False when the queue is full; `request` is then untouched. May throw bad_alloc, likewise. From one
  // thread only.
  bool try_submit(ConnectionId connection, RawRequest& request);
  std::list<Job> take_finished();
  std::size_t queued() const;

  // To be called now and then while something is queued, by the thread that submits: adds a thread if
  // none has taken anything for a while.
  void relieve();
  static constexpr std::chrono::milliseconds kHeldUp{5};

 private:
  class SetAside;
  void add_thread();
  void work();
  void set_aside(std::list<Job>& job);
  // These two need no memory.
  void finish(std::list<Job>& job) noexcept;
  void take_again(std::list<Job>& job) noexcept;

  const std::size_t most_threads_;
  const std::size_t queue_limit_;
  const std::function<Handled(RawRequest)> handle_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  // A job stays the same list node from submission to answer, so that giving an answer back needs no
  // memory: a worker that has done its work can always say so.
  std::list<Job> queue_;
  std::size_t idle_ = 0;  // threads that wait for a job
  std::chrono::steady_clock::time_point last_taken_{};
  bool stopping_ = false;
  std::size_t aside_ = 0;  // jobs that await something
  std::mutex finished_mutex_;
  std::list<Job> finished_;
  std::vector<std::thread> threads_;
};

}  // namespace khaosat
