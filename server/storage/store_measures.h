// What a store measures about its own work, for those who watch the server. Nothing about answers.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "base/error_codes.h"

namespace khaosat {

// Upper bounds of the commit times counted apart, in seconds; what took longer is in `commits` only.
inline constexpr std::array<double, 8> kCommitBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5};

struct StoreMeasures {
  std::int64_t waiting = 0;   // writes that wait for the disk now, over all files
  std::uint64_t commits = 0;  // groups of writes that were committed with one flush
  std::uint64_t failures = 0;
  double commit_seconds = 0;  // their times together
  std::array<std::uint64_t, kCommitBounds.size()> within{};  // commits that took at most the bound
  // Of the newest commit, if it failed; and how long ago.
  std::optional<ErrorCode> trouble;
  std::chrono::seconds trouble_age{0};
};

// Thread safe.
class CommitMeter {
 public:
  void queued(std::int64_t difference) { waiting_ += difference; }
  void committed(std::chrono::steady_clock::duration took) {
    const double seconds = std::chrono::duration<double>(took).count();
    const std::lock_guard lock(mutex_);
    ++sums_.commits;
    sums_.commit_seconds += seconds;
    for (std::size_t i = 0; i < kCommitBounds.size(); ++i) sums_.within[i] += seconds <= kCommitBounds[i];
    sums_.trouble.reset();
  }
  void failed(ErrorCode code) {
    const std::lock_guard lock(mutex_);
    ++sums_.failures;
    sums_.trouble = code;
    trouble_since_ = std::chrono::steady_clock::now();
  }
  StoreMeasures measures() const {
    const std::lock_guard lock(mutex_);
    StoreMeasures measures = sums_;
    measures.waiting = waiting_;
    measures.trouble_age =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - trouble_since_);
    return measures;
  }

 private:
  std::atomic<std::int64_t> waiting_{0};
  mutable std::mutex mutex_;
  StoreMeasures sums_;
  std::chrono::steady_clock::time_point trouble_since_{};
};

}  // namespace khaosat
