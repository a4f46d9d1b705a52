// The gate: one thread that owns every socket, and a pool of threads that answers.
//
// The loop reads whole requests under total deadlines and size limits, refuses what is not strict
// HTTP/1.1 (parse_request.h), hands the rest to `handle`, and writes the answers back. No client, slow
// or hostile, can hold a worker: workers only ever see complete requests and give back complete
// answers. Memory is bounded by the limits below, whatever is sent.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/gate/awaited.h"
#include "server/gate/parse_request.h"
#include "server/gate/raw_request.h"

namespace khaosat {

struct TlsFiles {
  std::string certificate;  // PEM, the whole chain
  std::string key;          // PEM
};

struct ListenOn {
  std::string host = "127.0.0.1";  // numeric address or "localhost"
  std::uint16_t port = 0;          // 0 takes a free one
  std::optional<TlsFiles> tls;
  // Whoever connects here is a reverse proxy on this machine that took the request over TLS: requests
  // count as TLS, and never as coming from this machine.
  bool behind_proxy = false;
};

struct GateConfig {
  std::vector<ListenOn> listen;
  HeadLimits head;
  // Each time is a total: a byte now and then does not extend it.
  std::chrono::milliseconds handshake_time{5000};
  std::chrono::milliseconds head_time{5000};   // from the first byte, or from connecting
  std::chrono::milliseconds idle_time{30000};  // between requests
  // Plus a second for each 16 KB of the answer; a file gets it anew for each MB.
  std::chrono::milliseconds write_time{30000};
  std::chrono::milliseconds linger_time{2000};  // for a refused client to read why
  std::chrono::milliseconds drain_time{10000};  // after stop(), for requests under way
  // When full, the connection that has waited longest for its next byte makes room.
  std::size_t max_connections = 8192;
  // Received and not yet handed on, over all connections; beyond it requests get 503.
  std::size_t max_buffered_bytes = 64 << 20;
  // At most. A few more than there are processors do the work, as a submission holds none while it waits
  // for the disk; others are started only when all of those are held up.
  std::size_t workers = 128;
  std::size_t queue = 1024;
};

struct BodyAllowance {
  std::size_t bytes = 0;
  std::chrono::milliseconds time{10000};  // total, from the end of the head
};

struct GateCallbacks {
  // Called on worker threads, several at once.
  std::function<Handled(RawRequest)> handle;
  // Called on the loop's thread, so it must be quick: how large a body this method and (encoded)
  // path may have.
  std::function<BodyAllowance(std::string_view method, std::string_view path)> allow_body;
  // Called on the loop's thread: what to show with a refusal of the gate's own (4xx, 5xx). May be empty.
  std::function<RawAnswer(int status, bool is_tls)> refusal;
};

// Counted since the start; nothing about who or what.
struct GateCounters {
  std::uint64_t accepted = 0;
  std::uint64_t open = 0;
  std::uint64_t handed_on = 0;   // requests given to workers
  std::uint64_t aborted = 0;     // client gone before its request or answer was complete
  std::uint64_t timed_out = 0;   // a deadline passed in the middle of something
  std::uint64_t evicted = 0;     // closed to make room
  std::uint64_t cut_short = 0;   // answers whose file ended before its time or could not be read
  std::uint64_t queued = 0;      // waiting for a worker now
  std::vector<std::pair<int, std::uint64_t>> answers;  // by status, refusals included
};

class Gate {
 public:
  // Opens all sockets, so that a port in use is known before anything else starts.
  // port_in_use, config_bad_value, file_unreadable.
  static Result<std::unique_ptr<Gate>> create(GateConfig config, GateCallbacks callbacks);
  ~Gate();

  // In the order of config.listen, with real port numbers.
  const std::vector<ListenOn>& listening() const;

  // Serves until stop(); then closes the listening sockets, lets requests under way finish within
  // drain_time, and returns. Call once.
  void run();
  // From any thread or a signal handler.
  void stop() noexcept;

  // From any thread.
  GateCounters counters() const;

 private:
  class Loop;
  explicit Gate(std::unique_ptr<Loop> loop);
  std::unique_ptr<Loop> loop_;
};

}  // namespace khaosat
