// The loop behind Gate. Everything here runs on the thread that calls run(), except stop(),
// counters() and what the worker pool calls.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <new>
#include <unordered_map>
#include <vector>

#include "server/gate/connection.h"
#include "server/gate/gate.h"
#include "server/gate/worker_pool.h"

namespace khaosat {

class Gate::Loop {
 public:
  struct Listener {
    OpenListener socket;
    std::shared_ptr<TlsContext> tls;
    bool behind_proxy = false;
  };

  Loop(GateConfig config, GateCallbacks callbacks, std::vector<Listener> listeners);

  void run();
  void stop() noexcept;
  GateCounters counters() const;
  const std::vector<ListenOn>& listening() const { return config_.listen; }

 private:
  // event_loop.cpp: waiting, accepting, time
  void wake() noexcept;
  void dispatch(const epoll_event* events, int count);
  void accept_from(std::size_t listener);
  void add_connection(Descriptor& descriptor, bool from_loopback, const Listener& listener);
  bool make_room();
  void expire();
  int wait_time() const;
  void begin_drain();
  bool is_drained() const;
  void watch(Connection& connection, std::uint32_t interest);
  void set_deadline(Connection& connection, std::chrono::milliseconds from_now);
  void clear_deadline(Connection& connection);
  void close(Connection& connection);
  Connection* find(ConnectionId id);
  // Runs one step of one connection; if memory runs out in it, that connection is closed.
  template <typename Step>
  void guarded(ConnectionId id, Step step) {
    try {
      step();
    } catch (const std::bad_alloc&) {
      if (Connection* const connection = find(id)) close(*connection);
    }
  }
  void set_listening(bool on);

  // exchange.cpp: what happens to one connection
  void on_ready(Connection& connection, std::uint32_t events);
  void continue_handshake(Connection& connection);
  void receive(Connection& connection);
  void linger(Connection& connection);
  void advance(Connection& connection);
  bool read_head(Connection& connection);
  bool read_body(Connection& connection);
  void hand_on(Connection& connection);
  void refuse(Connection& connection, Refusal refusal);
  void answer(Connection& connection, const RawAnswer& answer);
  void send(Connection& connection);
  // These take how much of the file is sent.
  IoResult send_file(Connection& connection, std::uint64_t sent);
  bool waits_for_disk(Connection& connection, std::uint64_t sent);
  IoResult send_text(Connection& connection);
  void look_at_disk();
  std::chrono::milliseconds allowed_for(std::uint64_t bytes) const;
  void after_answer(Connection& connection);
  void collect_answers();
  const std::string& date();

  struct Counts {
    std::atomic<std::uint64_t> accepted{0}, open{0}, handed_on{0}, aborted{0}, timed_out{0}, evicted{0},
        cut_short{0};
    std::array<std::atomic<std::uint64_t>, 600> answers{};
  };

  const GateConfig config_;
  const GateCallbacks callbacks_;
  std::vector<Listener> listeners_;
  Descriptor epoll_;
  Descriptor wake_;
  std::atomic<bool> stop_asked_{false};
  bool draining_ = false;
  bool listening_paused_ = false;
  SteadyTime resume_listening_{};
  SteadyTime drain_end_{};
  SteadyTime now_{};
  ConnectionId next_id_ = 0;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  Deadlines deadlines_;
  std::vector<ConnectionId> wait_for_disk_;  // may hold some that are gone
  SteadyTime next_look_{};
  std::size_t buffered_ = 0;
  std::string scratch_;
  std::string date_;
  std::int64_t date_second_ = 0;
  Counts counts_;
  WorkerPool workers_;  // last: its threads end before anything they use
};

}  // namespace khaosat
