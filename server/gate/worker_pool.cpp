#include "server/gate/worker_pool.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <utility>

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

std::size_t usual_threads() {
  static const std::size_t kUsual = std::max(1u, std::thread::hardware_concurrency()) + 1;
  return kUsual;
}
}  // namespace

WorkerPool::WorkerPool(std::size_t most_threads, std::size_t queue_limit,
                       std::function<Handled(RawRequest)> handle, std::function<void()> wake)
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
  if (all_busy && threads_.size() < std::min(most_threads_, usual_threads())) add_thread();
  has_work_.notify_one();
  return true;
}

void WorkerPool::relieve() {
  {
    const std::lock_guard lock(mutex_);
    if (queue_.empty() || idle_ > 0 || std::chrono::steady_clock::now() - last_taken_ < kHeldUp) return;
  }
  if (threads_.size() < most_threads_) add_thread();
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
      has_work_.wait(lock, [this] { return !queue_.empty() || (stopping_ && aside_ == 0); });
      --idle_;
      if (queue_.empty()) return;
      job.splice(job.end(), queue_, queue_.begin());
      last_taken_ = std::chrono::steady_clock::now();
    }
    try {
      if (job.front().awaited) {
        job.front().answer = job.front().awaited->otherwise();
      } else {
        Handled handled = handle_(std::move(job.front().request));
        job.front().answer = std::move(handled.answer);
        job.front().awaited = std::move(handled.awaited);
        if (job.front().awaited) set_aside(job);
      }
    } catch (...) {
      if (!job.empty()) job.front().answer = failed();
    }
    if (!job.empty()) finish(job);
  }
}

// A job while nobody works at it. Shared by whoever may say how things went; if the last of them is gone
// and none has, it is answered all the same.
class WorkerPool::SetAside {
 public:
  SetAside(WorkerPool& pool, std::list<Job>& job) : pool_(pool) {
    const std::lock_guard lock(pool_.mutex_);
    ++pool_.aside_;
    job_.splice(job_.end(), job);
  }
  ~SetAside() {
    if (!known_.exchange(true)) {
      job_.front().answer = failed();
      pool_.finish(job_);
    }
    const std::lock_guard lock(pool_.mutex_);
    if (--pool_.aside_ == 0 && pool_.stopping_) pool_.has_work_.notify_all();
  }
  SetAside(const SetAside&) = delete;
  SetAside& operator=(const SetAside&) = delete;

  void known(bool expected) noexcept {
    if (known_.exchange(true)) return;
    if (!expected) return pool_.take_again(job_);
    // The rest is freed where the answer is written: others wait for the thread that calls this.
    job_.front().answer = std::move(job_.front().awaited->expected);
    pool_.finish(job_);
  }

 private:
  WorkerPool& pool_;
  std::atomic<bool> known_{false};
  std::list<Job> job_;
};

void WorkerPool::set_aside(std::list<Job>& job) {
  // The job may be answered, and be gone, before begin() returns.
  const auto awaited = job.front().awaited;
  const auto aside = std::make_shared<SetAside>(*this, job);
  awaited->begin([aside](bool expected) { aside->known(expected); });
}

void WorkerPool::finish(std::list<Job>& job) noexcept {
  bool is_first = false;
  {
    const std::lock_guard lock(finished_mutex_);
    is_first = finished_.empty();
    finished_.splice(finished_.end(), job);
  }
  if (is_first) wake_();
}

void WorkerPool::take_again(std::list<Job>& job) noexcept {
  {
    const std::lock_guard lock(mutex_);
    queue_.splice(queue_.begin(), job);  // it has waited once
  }
  has_work_.notify_one();
}

}  // namespace khaosat
