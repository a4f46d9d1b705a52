#include "server/gate/worker_pool.h"

#include <pthread.h>

#include <csignal>
#include <cstdio>

#include "base/log.h"

namespace khaosat {

namespace {
// Needs no memory: memory may be what has run out.
RawAnswer failed() noexcept {
  try {
    log(LogLevel::error, "handler_threw");
  } catch (...) {
    std::fputs("khaosat: a handler threw and there is no memory to say more\n", stderr);
  }
  RawAnswer answer;
  answer.status = 500;
  answer.close_after = true;
  return answer;
}
}  // namespace

WorkerPool::WorkerPool(std::size_t most_threads, std::size_t queue_limit,
                       std::function<RawAnswer(RawRequest)> handle, std::function<void()> wake)
    : most_threads_(most_threads), queue_limit_(queue_limit), handle_(std::move(handle)), wake_(std::move(wake)) {
  threads_.reserve(most_threads_);
  add_thread();
}

void WorkerPool::add_thread() {
  // Threads inherit the mask: signals belong to the thread that runs the program.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    threads_.emplace_back([this] { work(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (threads_.empty()) throw;
    return;  // those there are will do
  }
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
  std::list<Job> job(1);
  job.front().connection = connection;
  bool all_busy = false;
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_limit_) return false;
    job.front().request = std::move(request);
    queue_.splice(queue_.end(), job);
    all_busy = queue_.size() > idle_;
  }
  if (all_busy && threads_.size() < most_threads_) add_thread();
  has_work_.notify_one();
  return true;
}

std::list<WorkerPool::Job> WorkerPool::take_finished() {
  const std::lock_guard lock(finished_mutex_);
  std::list<Job> taken;
  taken.swap(finished_);
  return taken;
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::work() {
  for (;;) {
    std::list<Job> job;
    {
      std::unique_lock lock(mutex_);
      ++idle_;
      has_work_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      --idle_;
      if (queue_.empty()) return;
      job.splice(job.end(), queue_, queue_.begin());
    }
    try {
      job.front().answer = handle_(std::move(job.front().request));
    } catch (...) {
      job.front().answer = failed();
    }
    bool is_first = false;
    {
      const std::lock_guard lock(finished_mutex_);
      is_first = finished_.empty();
      finished_.splice(finished_.end(), job);
    }
    if (is_first) wake_();
  }
}

}  // namespace khaosat
