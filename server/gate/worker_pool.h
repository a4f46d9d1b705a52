// A fixed number of threads that turn requests into answers, behind a bounded queue.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "server/gate/raw_request.h"

namespace khaosat {

class WorkerPool {
 public:
  using ConnectionId = std::uint64_t;
  struct Finished {
    ConnectionId connection = 0;
    Answer answer;
  };

  // `handle` runs on several threads at once; what it throws becomes a closing 500.
  // `wake` is called, from any thread, when the first finished answer waits.
  WorkerPool(std::size_t threads, std::size_t queue_limit, std::function<Answer(RawRequest)> handle,
             std::function<void()> wake);
  // Finishes what is queued, then joins.
  ~WorkerPool();

  // False when the queue is full; `request` is then untouched.
  bool try_submit(ConnectionId connection, RawRequest& request);
  std::vector<Finished> take_finished();
  std::size_t queued() const;

 private:
  void work();

  const std::size_t queue_limit_;
  const std::function<Answer(RawRequest)> handle_;
  const std::function<void()> wake_;
  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  std::deque<std::pair<ConnectionId, RawRequest>> queue_;
  bool stopping_ = false;
  std::mutex finished_mutex_;
  std::vector<Finished> finished_;
  std::vector<std::thread> threads_;
};

}  // namespace khaosat
