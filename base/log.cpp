#include "base/log.h"

#include <cstdio>
#include <mutex>

#include "base/clock.h"
#include "base/json_text.h"

namespace khaosat {

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  constexpr std::string_view kNames[] = {"info", "warning", "error"};
  std::string line = "{\"time\":" + json_quoted(utc_timestamp(SystemClock{}.now())) +
                     ",\"level\":" + json_quoted(kNames[static_cast<int>(level)]) +
                     ",\"event\":" + json_quoted(event);
  for (const auto& [name, value] : fields) line += "," + json_quoted(name) + ":" + json_quoted(value);
  line += "}\n";
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace khaosat
