#include "base/clock.h"

#include <ctime>

namespace khaosat {

namespace {
std::string format_time(UnixSeconds time, const char* pattern) {
  const std::time_t seconds = static_cast<std::time_t>(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const std::size_t length = std::strftime(text, sizeof text, pattern, &parts);
  return std::string(text, length);
}
}  // namespace

UnixSeconds SystemClock::now() const { return static_cast<UnixSeconds>(std::time(nullptr)); }

std::string vietnam_date(UnixSeconds time) { return format_time(time + 7 * 3600, "%Y-%m-%d"); }

std::string utc_timestamp(UnixSeconds time) { return format_time(time, "%Y-%m-%dT%H:%M:%SZ"); }

}  // namespace khaosat
