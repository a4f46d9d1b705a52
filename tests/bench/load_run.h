// Sends a plan over many connections from one thread and counts what became of every one of them.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "tests/bench/load_plan.h"

namespace khaosat::bench {

struct LoadSetting {
  std::uint16_t port = 0;      // on 127.0.0.1, and nowhere else
  // Closed loop: so many connections, each sending its next request when the last is answered, for
  // `seconds` or until the plan is used up. Connections that are not to be kept open send one each.
  std::size_t clients = 0;
  double seconds = 1;
  bool repeat = false;         // begin the plan again when it is used up
  // Open loop: sessions of `per_session` requests, each on a connection of its own, beginning at these
  // times whatever the server does.
  std::vector<double> arrivals;
  std::size_t per_session = 1;
  double drain_seconds = 15;   // for what is under way at the end; what comes later was never answered
};

struct LoadResult {
  double seconds = 0;          // from the first sending to the end of the time, or the last answer
  std::vector<double> waits;   // ms, of each right answer; in the open loop from when it was due
  std::map<int, std::uint64_t> statuses;
  std::uint64_t sent = 0;
  std::uint64_t unexpected = 0;      // answers with another status than planned
  // Connections. Every one opened is in exactly one of the four after it.
  std::uint64_t opened = 0;
  std::uint64_t served = 0;          // everything it asked was answered
  std::uint64_t refused = 0;         // never came to stand
  std::uint64_t broken = 0;          // closed by the server in the middle
  std::uint64_t never_answered = 0;  // open, and silent to the end
};

LoadResult run_load(const std::vector<PlannedRequest>& plan, const LoadSetting& setting);

}  // namespace khaosat::bench
