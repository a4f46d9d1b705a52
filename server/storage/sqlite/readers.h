// Read-only connections to one file, made when needed and kept for the next reader. They neither
// write nor checkpoint, and hold no transaction while idle. Thread safe.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/storage/sqlite/connection.h"

namespace khaosat::sqlite {

class Readers {
 public:
  Readers(std::string path, ConnectionOptions options)
      : path_(std::move(path)), options_(std::move(options)) {}

  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<Connection> connection)
        : readers_(&readers), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) readers_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Readers* readers_;
    std::unique_ptr<Connection> connection_;
  };

  Result<Lease> lease() {
    std::unique_ptr<Connection> connection;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !shut_; });
      ++out_;
      if (!idle_.empty()) {
        connection = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (!connection) {
      auto opened = Connection::open(path_, Access::read, options_);
      if (!opened) {
        give_back(nullptr);
        return fail(opened.error());
      }
      connection = std::move(*opened);
    }
    return Lease(*this, std::move(connection));
  }

  // Waits for the readers at work, closes all connections, and keeps new readers waiting while
  // `work` runs: nobody in this program has the file open for reading then.
  template <typename Work>
  auto without_readers(Work work) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !shut_; });
    shut_ = true;
    changed_.wait(lock, [this] { return out_ == 0; });
    idle_.clear();
    lock.unlock();
    auto result = work();
    lock.lock();
    shut_ = false;
    changed_.notify_all();
    return result;
  }

 private:
  // Null: the connection could not be made.
  void give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    if (connection && idle_.size() < kKept) idle_.push_back(std::move(connection));
    --out_;
    changed_.notify_all();
  }

  static constexpr std::size_t kKept = 4;
  const std::string path_;
  const ConnectionOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::unique_ptr<Connection>> idle_;
  int out_ = 0;
  bool shut_ = false;
};

}  // namespace khaosat::sqlite
