// The only way to the time of day, so that tests can set it. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace khaosat {

// Seconds since 1970-01-01 UTC. Only for calendars; measure spans with std::chrono::steady_clock.
using UnixSeconds = std::int64_t;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixSeconds now() const = 0;
};

class SystemClock final : public Clock {
 public:
  UnixSeconds now() const override;
};

class FakeClock final : public Clock {
 public:
  explicit FakeClock(UnixSeconds start) : now_(start) {}
  UnixSeconds now() const override { return now_; }
  void set(UnixSeconds now) { now_ = now; }
  void advance(UnixSeconds seconds) { now_ += seconds; }

 private:
  std::atomic<UnixSeconds> now_;
};

// "2026-11-22", the calendar day in Viet Nam (UTC+7, no daylight saving time).
std::string vietnam_date(UnixSeconds time);
// "2026-11-22T08:30:00Z"
std::string utc_timestamp(UnixSeconds time);

}  // namespace khaosat
