// Threads that turn requests into answers, behind a bounded queue. There are as many as were ever busy
// at once, up to a limit: most of an answer's time is waiting for the disk, and a thread that never runs
// costs nothing.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "server/gate/raw_request.h"

namespace khaosat {

class WorkerPool {
 public:
  using ConnectionId = std::uint64_t;
  struct Job {
    ConnectionId connection = 0;
    RawRequest request;  // moved from once handled
    RawAnswer answer;
  };

  // `handle` runs on several threads at once; what it throws becomes an empty, closing 500.
  // `wake` is called, from any thread, when the first finished answer waits.
  WorkerPool(std::size_t most_threads, std::size_t queue_limit, std::function<RawAnswer(RawRequest)> handle,
             std::function<void()> wake);
  // Finishes what is queued, then joins.
  ~WorkerPool();

  // False when the queue is full; `request` is then untouched. May throw bad_alloc, likewise. From one
  // thread only.
  bool try_submit(ConnectionId connection, RawRequest& request);
  std::list<Job> take_finished();
  std::size_t queued() const;

 private:
  void add_thread();
  void work();

  const std::size_t most_threads_;
  const std::size_t queue_limit_;
  const std::function<RawAnswer(RawRequest)> handle_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  // A job stays the same list node from submission to answer, so that giving an answer back needs no
  // memory: a worker that has done its work can always say so.
  std::list<Job> queue_;
  std::size_t idle_ = 0;  // threads that wait for a job
  bool stopping_ = false;
  std::mutex finished_mutex_;
  std::list<Job> finished_;
  std::vector<std::thread> threads_;
};

}  // namespace khaosat
