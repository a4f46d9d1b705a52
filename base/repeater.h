// Work that comes round again and again beside everything else.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace khaosat {

// Calls `work` on a thread of its own, each time `pause` after the last call ended; first after one pause. The
// destructor waits for a call under way. What `work` throws ends that call alone: it may be memory that has run
// out for a moment, and the program has people to answer.
class Repeater {
 public:
  Repeater(std::chrono::milliseconds pause, std::function<void()> work);
  ~Repeater();
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;

 private:
  void repeat(std::chrono::milliseconds pause, const std::function<void()>& work);

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the rest
};

}  // namespace khaosat
