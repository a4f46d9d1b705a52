#include "server/gate/worker_pool.h"

#include <pthread.h>

#include <csignal>

#include "base/log.h"

namespace khaosat {

WorkerPool::WorkerPool(std::size_t threads, std::size_t queue_limit,
                       std::function<Answer(RawRequest)> handle, std::function<void()> wake)
    : queue_limit_(queue_limit), handle_(std::move(handle)), wake_(std::move(wake)) {
  // Threads inherit the mask: signals belong to the thread that runs the program.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  has_work_.notify_all();
  for (auto& thread : threads_) thread.join();
}

bool WorkerPool::try_submit(ConnectionId connection, RawRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) return false;
    queue_.emplace_back(connection, std::move(request));
  }
  has_work_.notify_one();
  return true;
}

std::vector<WorkerPool::Finished> WorkerPool::take_finished() {
  const std::lock_guard lock(finished_mutex_);
  return std::exchange(finished_, {});
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::work() {
  for (;;) {
    std::pair<ConnectionId, RawRequest> job;
    {
      std::unique_lock lock(mutex_);
      has_work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    Answer answer;
    try {
      answer = handle_(std::move(job.second));
    } catch (...) {
      log(LogLevel::error, "handler_threw");
      answer = Answer{};
      answer.status = 500;
      answer.close_after = true;
    }
    bool is_first = false;
    {
      const std::lock_guard lock(finished_mutex_);
      is_first = finished_.empty();
      finished_.push_back({job.first, std::move(answer)});
    }
    if (is_first) wake_();
  }
}

}  // namespace khaosat
