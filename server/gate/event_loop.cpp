#include "server/gate/event_loop.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>

#include "base/log.h"

namespace khaosat {

namespace {

constexpr std::uint64_t kWakeId = 0;
constexpr std::uint64_t kFirstListenerId = 1;
constexpr ConnectionId kFirstConnectionId = 1000;
constexpr std::size_t kScratchBytes = 64 << 10;
// TLS handshakes cost a third of a millisecond each. A crowd of them must not hold up those who are
// already through, so each turn of the loop spends at most this on them.
constexpr std::chrono::milliseconds kHandshakeShare{5};
constexpr std::chrono::milliseconds kListenPause{100};

bool is_loopback(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
  }
  return false;
}

// OpenSSL writes with write(), which raises SIGPIPE when the client is gone. Blocking the signal on
// this one thread leaves the rest of the process as it is.
class NoPipeSignal {
 public:
  NoPipeSignal() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before_);
  }
  ~NoPipeSignal() {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    const timespec at_once{};
    sigtimedwait(&pipe, nullptr, &at_once);  // one may be waiting; it must not strike later
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

Gate::Loop::Loop(GateConfig config, GateCallbacks callbacks, std::vector<Listener> listeners)
    : config_(std::move(config)),
      callbacks_(std::move(callbacks)),
      listeners_(std::move(listeners)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      next_id_(kFirstConnectionId),
      scratch_(kScratchBytes, '\0'),
      workers_(config_.workers, config_.queue, callbacks_.handle, [this] { wake(); }) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = kWakeId;
  if (!epoll_.is_open() || !wake_.is_open() ||
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) {
    throw std::runtime_error(std::string("cannot wait for events: ") + std::strerror(errno));
  }
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    event.events = EPOLLIN;
    event.data.u64 = kFirstListenerId + i;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listeners_[i].socket.descriptor.get(), &event);
  }
}

void Gate::Loop::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

void Gate::Loop::stop() noexcept {
  stop_asked_ = true;
  wake();
}

void Gate::Loop::run() {
  const NoPipeSignal no_pipe_signal;
  std::vector<epoll_event> events(1024);
  while (!is_drained()) {
    const int count =
        ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), wait_time());
    now_ = std::chrono::steady_clock::now();
    if (count > 0) dispatch(events.data(), count);
    collect_answers();
    look_at_disk();
    workers_.relieve();
    expire();
    if (stop_asked_ && !draining_) begin_drain();
  }
  while (!connections_.empty()) close(*connections_.begin()->second);
}

void Gate::Loop::dispatch(const epoll_event* events, int count) {
  // Those who are through the handshake first, then newcomers, then handshakes within their share.
  for (int i = 0; i < count; ++i) {
    if (events[i].data.u64 == kWakeId) {
      std::uint64_t ignored = 0;
      [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &ignored, sizeof ignored);
    } else if (Connection* const connection = find(events[i].data.u64)) {
      if (connection->phase == Phase::handshake) continue;
      guarded(connection->id, [&] { on_ready(*connection, events[i].events); });
    }
  }
  for (int i = 0; i < count; ++i) {
    const std::uint64_t id = events[i].data.u64;
    if (id >= kFirstListenerId && id < kFirstListenerId + listeners_.size()) {
      accept_from(id - kFirstListenerId);
    }
  }
  const auto end = std::chrono::steady_clock::now() + kHandshakeShare;
  for (int i = 0; i < count && std::chrono::steady_clock::now() < end; ++i) {
    Connection* const connection = find(events[i].data.u64);
    if (connection != nullptr && connection->phase == Phase::handshake) {
      guarded(connection->id, [&] { on_ready(*connection, events[i].events); });
    }
  }
}

void Gate::Loop::accept_from(std::size_t index) {
  constexpr int kAtOnce = 256;
  for (int i = 0; i < kAtOnce && listeners_[index].socket.descriptor.is_open(); ++i) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    Descriptor accepted(::accept4(listeners_[index].socket.descriptor.get(),
                                  reinterpret_cast<sockaddr*>(&address), &length,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted.is_open()) {
      guarded(next_id_, [&] { add_connection(accepted, is_loopback(address), listeners_[index]); });
      continue;
    }
    const bool out_of_descriptors =
        errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    if (!out_of_descriptors) {
      // EAGAIN ends the queue; what else accept reports concerns a connection already gone.
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      continue;
    }
    if (!make_room()) {
      // A listening socket that cannot be served would wake the loop without end.
      set_listening(false);
      resume_listening_ = now_ + kListenPause;
      return;
    }
  }
}

void Gate::Loop::add_connection(Descriptor& descriptor, bool from_loopback,
                                const Listener& listener) {
  ++counts_.accepted;
  if (connections_.size() >= config_.max_connections && !make_room()) return;
  auto connection = std::make_unique<Connection>(next_id_++, std::move(descriptor), config_.head);
  connection->is_loopback = from_loopback && !listener.behind_proxy;
  connection->counts_as_tls = listener.tls != nullptr || listener.behind_proxy;
  connection->is_tls = listener.tls != nullptr;
  connection->phase = connection->is_tls ? Phase::handshake : Phase::head;
  const int socket = connection->descriptor.get();
  connection->transport = listener.tls ? listener.tls->accept(socket) : make_plain_transport(socket);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = connection->id;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, socket, &event) != 0) return;
  connection->interest = EPOLLIN;
  Connection& added = *connection;
  connections_.emplace(added.id, std::move(connection));
  set_deadline(added, added.is_tls ? config_.handshake_time : config_.head_time);
  counts_.open = connections_.size();
}

// Whoever would run out of time first has kept us waiting longest for nothing.
bool Gate::Loop::make_room() {
  for (const auto& [time, id] : deadlines_) {
    Connection& connection = *find(id);
    if (connection.phase == Phase::handling || connection.phase == Phase::writing) continue;
    ++counts_.evicted;
    close(connection);
    return true;
  }
  return false;
}

void Gate::Loop::expire() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
    Connection& connection = *find(deadlines_.begin()->second);
    clear_deadline(connection);
    const bool in_request = connection.phase == Phase::body ||
                            (connection.phase == Phase::head && !connection.input.empty());
    if (in_request || connection.phase == Phase::handshake || connection.phase == Phase::writing) {
      ++counts_.timed_out;
    }
    if (in_request) {
      guarded(connection.id, [&] { refuse(connection, {408, "too slow"}); });
    } else {
      close(connection);
    }
  }
  if (listening_paused_ && now_ >= resume_listening_) set_listening(true);
}

int Gate::Loop::wait_time() const {
  constexpr auto kLongest = std::chrono::milliseconds(1000);
  SteadyTime next = SteadyTime::max();
  if (!deadlines_.empty()) next = deadlines_.begin()->first;
  if (draining_) next = std::min(next, drain_end_);
  if (listening_paused_) next = std::min(next, resume_listening_);
  if (!wait_for_disk_.empty()) next = std::min(next, next_look_);
  const auto current = std::chrono::steady_clock::now();
  if (workers_.queued() > 0) next = std::min(next, current + WorkerPool::kHeldUp);
  if (next <= current) return 0;
  if (next - current >= kLongest) return static_cast<int>(kLongest.count());
  return static_cast<int>(
      std::chrono::duration_cast<std::chrono::milliseconds>(next - current).count() + 1);
}

void Gate::Loop::begin_drain() {
  draining_ = true;
  drain_end_ = now_ + config_.drain_time;
  // Those who were let into the queue before the door closes are still served.
  for (std::size_t i = 0; i < listeners_.size(); ++i) accept_from(i);
  for (auto& listener : listeners_) listener.socket.descriptor.reset();
  std::vector<ConnectionId> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const ConnectionId id : ids) {
    // A request may have arrived since the last turn of the loop.
    if (Connection* const waiting = find(id); waiting != nullptr && waiting->is_idle()) {
      guarded(id, [&] { receive(*waiting); });
    }
    if (Connection* const idle = find(id); idle != nullptr && idle->is_idle()) close(*idle);
  }
}

bool Gate::Loop::is_drained() const {
  if (!draining_) return false;
  if (std::chrono::steady_clock::now() >= drain_end_) return true;
  for (const auto& [id, connection] : connections_) {
    if (connection->phase != Phase::lingering) return false;
  }
  return true;
}

void Gate::Loop::watch(Connection& connection, std::uint32_t interest) {
  if (connection.interest == interest) return;
  epoll_event event{};
  event.events = interest;
  event.data.u64 = connection.id;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.descriptor.get(), &event);
  connection.interest = interest;
}

void Gate::Loop::set_deadline(Connection& connection, std::chrono::milliseconds from_now) {
  clear_deadline(connection);
  connection.deadline = deadlines_.emplace(now_ + from_now, connection.id);
}

void Gate::Loop::clear_deadline(Connection& connection) {
  if (connection.deadline) deadlines_.erase(*connection.deadline);
  connection.deadline.reset();
}

void Gate::Loop::close(Connection& connection) {
  clear_deadline(connection);
  buffered_ -= connection.input.size();
  connections_.erase(connection.id);
  counts_.open = connections_.size();
}

Connection* Gate::Loop::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

void Gate::Loop::set_listening(bool on) {
  for (std::size_t i = 0; i < listeners_.size(); ++i) {
    if (!listeners_[i].socket.descriptor.is_open()) continue;
    epoll_event event{};
    event.events = on ? std::uint32_t{EPOLLIN} : 0u;
    event.data.u64 = kFirstListenerId + i;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listeners_[i].socket.descriptor.get(), &event);
  }
  listening_paused_ = !on;
}

GateCounters Gate::Loop::counters() const {
  GateCounters counters;
  counters.accepted = counts_.accepted;
  counters.open = counts_.open;
  counters.handed_on = counts_.handed_on;
  counters.aborted = counts_.aborted;
  counters.timed_out = counts_.timed_out;
  counters.evicted = counts_.evicted;
  counters.cut_short = counts_.cut_short;
  counters.queued = workers_.queued();
  for (std::size_t status = 0; status < counts_.answers.size(); ++status) {
    const std::uint64_t count = counts_.answers[status];
    if (count > 0) counters.answers.emplace_back(static_cast<int>(status), count);
  }
  return counters;
}

}  // namespace khaosat
