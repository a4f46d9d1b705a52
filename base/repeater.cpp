#include "base/repeater.h"

#include <cstdio>
#include <utility>

#include "base/log.h"

namespace khaosat {

Repeater::Repeater(std::chrono::milliseconds pause, std::function<void()> work)
    : thread_([this, pause, work = std::move(work)] { repeat(pause, work); }) {}

Repeater::~Repeater() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Repeater::repeat(std::chrono::milliseconds pause, const std::function<void()>& work) {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_; })) {
    try {
      work();
    } catch (...) {
      try {
        log(LogLevel::error, "repeated_work_threw");
      } catch (...) {
        std::fputs("khaosat: repeated work threw and there is no memory to say more\n", stderr);
      }
    }
  }
}

}  // namespace khaosat
