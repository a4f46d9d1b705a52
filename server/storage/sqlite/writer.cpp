#include "server/storage/sqlite/writer.h"

#include <chrono>
#include <exception>
#include <new>

#include "base/log.h"

namespace khaosat::sqlite {

namespace {

constexpr auto kTruncationRetry = std::chrono::milliseconds(50);

// A job must not take the thread down with it.
Result<void> guarded(const Writer::Job& job, Connection& connection) {
  try {
    return job(connection);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::storage_failed, "no memory", connection.path());
  } catch (const std::exception& problem) {
    return fail(ErrorCode::internal, problem.what(), connection.path());
  }
}

}  // namespace

Writer::Writer(std::unique_ptr<Connection> connection, WriterLimits limits)
    : connection_(std::move(connection)), limits_(limits), thread_([this] { loop(); }) {}

Writer::~Writer() { stop(); }

void Writer::stop() {
  std::call_once(stopped_, [this] {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  });
}

Result<void> Writer::write(Job job, Kind kind) {
  std::future<Result<void>> done;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(ErrorCode::storage_busy, "the file is being closed");
    if (queue_.size() >= limits_.queue) {
      return fail(ErrorCode::storage_busy, "too many writes are waiting; try again in a moment");
    }
    queue_.push_back({std::move(job), kind, {}});
    done = queue_.back().done.get_future();
    limits_.meter->queued(1);
  }
  wake_.notify_one();
  return done.get();
}

void Writer::loop() {
  for (;;) {
    Group group = next_group();
    if (!group.empty()) {
      run_group(group);
      bool idle = false;
      {
        const std::lock_guard lock(mutex_);
        idle = queue_.empty();
      }
      housekeeping(idle);
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && queue_.empty()) break;
    }
    housekeeping(true);
  }
  // The last connection to close removes the log; whatever is in it is in the file by then.
  if (const auto emptied = connection_->checkpoint(true); !emptied) {
    log(LogLevel::warning, "storage.checkpoint_failed", {{"error", emptied.error().message}});
  }
  connection_.reset();
}

Writer::Group Writer::next_group() {
  Group group = take_from_queue();
  limits_.meter->queued(-static_cast<std::int64_t>(group.size()));
  return group;
}

Writer::Group Writer::take_from_queue() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !queue_.empty(); };
  if (truncation_due_) {
    wake_.wait_for(lock, kTruncationRetry, ready);
  } else {
    wake_.wait(lock, ready);
  }
  Group group;
  if (queue_.empty()) return group;
  if (queue_.front().kind == Kind::alone) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
    return group;
  }
  while (!queue_.empty() && group.size() < limits_.group && queue_.front().kind != Kind::alone) {
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Writer::run_group(Group& group) {
  if (group.front().kind == Kind::alone) {
    group.front().done.set_value(guarded(group.front().job, *connection_));
    return;
  }
  std::vector<Result<void>> results(group.size());
  const auto begin = std::chrono::steady_clock::now();
  const Result<void> committed = commit_group(group, results);
  if (committed) {
    limits_.meter->committed(std::chrono::steady_clock::now() - begin);
  } else {
    limits_.meter->failed(committed.error().code);
  }
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (!committed) {
      results[i] = fail(committed.error());
    } else if (group[i].kind == Kind::truncating && results[i]) {
      truncation_due_ = true;
      continue;  // answered below, when its traces are gone
    }
    group[i].done.set_value(std::move(results[i]));
  }
  if (!committed) return;
  bool answer_late = false;
  for (const auto& entry : group) answer_late = answer_late || entry.kind == Kind::truncating;
  if (answer_late) {
    housekeeping(true);
    for (std::size_t i = 0; i < group.size(); ++i) {
      if (group[i].kind == Kind::truncating && results[i]) group[i].done.set_value({});
    }
  }
}

Result<void> Writer::commit_group(Group& group, std::vector<Result<void>>& results) {
  auto transaction = TRY(Transaction::begin(*connection_));
  for (std::size_t i = 0; i < group.size(); ++i) {
    TRY_VOID(connection_->run("SAVEPOINT job"));
    results[i] = guarded(group[i].job, *connection_);
    if (!connection_->in_transaction()) {
      // SQLite has undone the whole group, for want of space or memory.
      return results[i] ? fail(ErrorCode::storage_failed, "the transaction was undone")
                        : results[i];
    }
    if (!results[i]) TRY_VOID(connection_->run("ROLLBACK TO job"));
    TRY_VOID(connection_->run("RELEASE job"));
  }
  auto committed = transaction.commit();
  if (!committed) {
    Error error = committed.error();
    error.message += "; it is not known whether this was stored, sending it again finds out";
    return fail(std::move(error));
  }
  return {};
}

void Writer::housekeeping(bool idle) {
  const int pages = connection_->log_pages();
  if (!truncation_due_ &&
      pages < (idle ? limits_.idle_checkpoint_pages : limits_.forced_checkpoint_pages)) {
    return;
  }
  const auto done = connection_->checkpoint(truncation_due_);
  if (!done) {
    // The log only grows; nothing that was confirmed is in danger.
    log(LogLevel::warning, "storage.checkpoint_failed", {{"error", done.error().message}});
  } else if (*done) {
    truncation_due_ = false;
  }
}

}  // namespace khaosat::sqlite
