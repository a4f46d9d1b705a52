#include "server/storage/sqlite/writer.h"

#include <chrono>
#include <exception>
#include <future>
#include <new>

#include "base/log.h"

namespace khaosat::sqlite {

namespace {

constexpr auto kTruncationRetry = std::chrono::milliseconds(50);

// Words are left out: there may be no memory for them.
Result<void> no_memory() noexcept { return fail(Error{ErrorCode::storage_failed, {}, {}, {}}); }

// What goes wrong must not take the thread down with it.
template <typename Work>
Result<void> guarded(const Connection& connection, Work work) noexcept {
  try {
    try {
      return work();
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::storage_failed, "no memory", connection.path());
    } catch (const std::exception& problem) {
      return fail(ErrorCode::internal, problem.what(), connection.path());
    }
  } catch (...) {
    return no_memory();
  }
}

Result<void> copy_of(const Result<void>& failed) noexcept {
  try {
    return failed;
  } catch (...) {
    return no_memory();
  }
}

void warn(const char* event, const Error& error) noexcept {
  try {
    log(LogLevel::warning, event, {{"error", error.message}});
  } catch (...) {  // the next one may be told
  }
}

void tell(const Writer::Done& done, Result<void> result) noexcept {
  try {
    done(std::move(result));
  } catch (...) {  // whoever threw has not been told; that is theirs to notice
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
  const auto promise = std::make_shared<std::promise<Result<void>>>();
  auto result = promise->get_future();
  post(std::move(job), kind, [promise](Result<void> done) { promise->set_value(std::move(done)); });
  return result.get();
}

void Writer::post(Job job, Kind kind, Done done) {
  Group one(1);
  one.front().job = std::move(job);
  one.front().kind = kind;
  one.front().done = std::move(done);
  const char* refusal = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refusal = "the file is being closed";
    } else if (queue_.size() >= limits_.queue) {
      refusal = "too many writes are waiting; try again in a moment";
    } else {
      queue_.splice(queue_.end(), one);
      limits_.meter->queued(1);
    }
  }
  if (refusal != nullptr) return one.front().done(fail(ErrorCode::storage_busy, refusal));
  wake_.notify_one();
}

void Writer::loop() {
  for (;;) {
    Group group = next_group();
    if (!group.empty()) {
      written_since_pause_ = true;
      run_group(group);
      housekeeping(false);
      continue;
    }
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ && queue_.empty()) break;
    }
    written_since_pause_ = false;
    housekeeping(true);
  }
  // The last connection to close removes the log; whatever is in it is in the file by then.
  const auto emptied = guarded(*connection_, [this]() -> Result<void> {
    TRY_VOID(connection_->checkpoint(true));
    return {};
  });
  if (!emptied) warn("storage.checkpoint_failed", emptied.error());
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
  } else if (pause_is_awaited()) {
    wake_.wait_for(lock, limits_.idle_after, ready);
  } else {
    wake_.wait(lock, ready);
  }
  Group group;
  if (queue_.empty()) return group;
  do {
    group.splice(group.end(), queue_, queue_.begin());
  } while (group.front().kind != Kind::alone && !queue_.empty() && group.size() < limits_.group &&
           queue_.front().kind != Kind::alone);
  return group;
}

void Writer::run_group(Group& group) {
  if (group.front().kind == Kind::alone) {
    tell(group.front().done, guarded(*connection_, [&] { return group.front().job(*connection_); }));
    return;
  }
  const auto begin = std::chrono::steady_clock::now();
  const Result<void> committed = guarded(*connection_, [&] { return commit_group(group); });
  if (committed) {
    limits_.meter->committed(std::chrono::steady_clock::now() - begin);
  } else {
    limits_.meter->failed(committed.error().code);
  }
  bool answer_late = false;
  for (Entry& entry : group) {
    if (!committed) {
      entry.result = copy_of(committed);
    } else if (entry.kind == Kind::truncating && entry.result) {
      truncation_due_ = true;
      answer_late = true;
      continue;  // answered below, when its traces are gone
    }
    tell(entry.done, std::move(entry.result));
  }
  if (!answer_late) return;
  housekeeping(true);
  for (Entry& entry : group) {
    if (entry.kind == Kind::truncating && entry.result) tell(entry.done, {});
  }
}

// Fails when the whole group is lost; what the job alone says is left in the entry.
Result<void> Writer::run_job(Entry& entry) {
  const bool with_savepoint = entry.kind != Kind::refusing_first;
  const std::int64_t changes = connection_->total_changes();
  if (with_savepoint) TRY_VOID(connection_->run("SAVEPOINT job"));
  entry.result = guarded(*connection_, [&] { return entry.job(*connection_); });
  if (!connection_->in_transaction()) {
    // SQLite has undone the whole group, for want of space or memory.
    return entry.result ? fail(ErrorCode::storage_failed, "the transaction was undone") : entry.result;
  }
  if (!with_savepoint) {
    return !entry.result && connection_->total_changes() != changes ? entry.result : Result<void>();
  }
  if (!entry.result) TRY_VOID(connection_->run("ROLLBACK TO job"));
  return connection_->run("RELEASE job");
}

Result<void> Writer::commit_group(Group& group) {
  auto transaction = TRY(Transaction::begin(*connection_));
  for (Entry& entry : group) TRY_VOID(run_job(entry));
  auto committed = transaction.commit();
  if (!committed) {
    Error error = committed.error();
    error.message += "; it is not known whether this was stored, sending it again finds out";
    return fail(std::move(error));
  }
  return {};
}

// Once for each pause: a copy that could not be made is not tried over and over.
bool Writer::pause_is_awaited() const {
  return written_since_pause_ && connection_->log_pages() >= limits_.idle_checkpoint_pages;
}

void Writer::housekeeping(bool idle) {
  const int pages = connection_->log_pages();
  if (!truncation_due_ &&
      pages < (idle ? limits_.idle_checkpoint_pages : limits_.forced_checkpoint_pages)) {
    return;
  }
  const auto done = guarded(*connection_, [this]() -> Result<void> {
    if (TRY(connection_->checkpoint(truncation_due_))) truncation_due_ = false;
    return {};
  });
  // The log only grows; nothing that was confirmed is in danger.
  if (!done) warn("storage.checkpoint_failed", done.error());
}

}  // namespace khaosat::sqlite
