#include "server/services/space_watch.h"

#include <sys/statvfs.h>

#include "base/log.h"

namespace khaosat {

std::optional<std::uint64_t> SpaceWatch::free_bytes() const {
  struct statvfs status {};
  if (::statvfs(folder_.c_str(), &status) != 0) return std::nullopt;
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

bool SpaceWatch::is_low() const {
  const auto bytes = free_bytes();
  return bytes && *bytes < bound_;
}

void SpaceWatch::check() {
  const bool low = is_low();
  if (warned_.exchange(low) == low) return;
  const std::string free = std::to_string(free_bytes().value_or(0) / 1'000'000);
  const std::string bound = std::to_string(bound_ / 1'000'000);
  if (low) {
    log(LogLevel::warning, "low_space",
        {{"folder", folder_}, {"free_mb", free}, {"bound_mb", bound},
         {"hint", "make room on this disk; when it is full, answers are refused until there is room again"}});
  } else {
    log(LogLevel::info, "space_again", {{"folder", folder_}, {"free_mb", free}, {"bound_mb", bound}});
  }
}

}  // namespace khaosat
