#include "server/gate/gate.h"

#include <sys/resource.h>

#include <algorithm>

#include "base/log.h"
#include "server/gate/event_loop.h"

namespace khaosat {

namespace {

// Every connection is a descriptor, and the usual soft limit of 1,024 would let a few hundred idle
// ones stop the server. Returns how many connections there may be.
std::size_t connections_possible(std::size_t wanted) {
  constexpr rlim_t kForTheRest = 256;  // databases, files, listeners
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = wanted + kForTheRest;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur >= needed) return wanted;
  const std::size_t possible = limit.rlim_cur > 2 * kForTheRest ? limit.rlim_cur - kForTheRest
                                                                : limit.rlim_cur / 2;
  log(LogLevel::warning, "few_descriptors",
      {{"connections", std::to_string(possible)}, {"hint", "raise LimitNOFILE"}});
  return possible;
}

}  // namespace

Result<std::unique_ptr<Gate>> Gate::create(GateConfig config, GateCallbacks callbacks) {
  std::vector<Loop::Listener> listeners;
  for (auto& on : config.listen) {
    Loop::Listener listener;
    if (on.tls) listener.tls = TRY(TlsContext::create(on.tls->certificate, on.tls->key));
    listener.socket = TRY(open_listener(on.host, on.port));
    on.port = listener.socket.port;
    listener.behind_proxy = on.behind_proxy;
    listeners.push_back(std::move(listener));
  }
  config.max_connections = connections_possible(config.max_connections);
  return std::unique_ptr<Gate>(new Gate(
      std::make_unique<Loop>(std::move(config), std::move(callbacks), std::move(listeners))));
}

Gate::Gate(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
Gate::~Gate() = default;

const std::vector<ListenOn>& Gate::listening() const { return loop_->listening(); }
void Gate::run() { loop_->run(); }
void Gate::stop() noexcept { loop_->stop(); }
GateCounters Gate::counters() const { return loop_->counters(); }

}  // namespace khaosat
