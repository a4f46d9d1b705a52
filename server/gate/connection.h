// What the event loop remembers of one connection. Used by the loop's thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "server/gate/listener.h"
#include "server/gate/parse_request.h"
#include "server/gate/transport.h"

namespace khaosat {

using ConnectionId = std::uint64_t;
using SteadyTime = std::chrono::steady_clock::time_point;
using Deadlines = std::multimap<SteadyTime, ConnectionId>;

enum class Phase {
  handshake,  // TLS is being agreed on
  head,       // waiting for a request or in the middle of its head
  body,
  handling,   // a worker has the request
  writing,
  lingering,  // everything is said; waiting for the client to close
};

struct Connection {
  Connection(ConnectionId its_id, Descriptor its_descriptor, const HeadLimits& limits)
      : id(its_id), descriptor(std::move(its_descriptor)), scanner(limits) {}

  ConnectionId id;
  Descriptor descriptor;
  std::unique_ptr<Transport> transport;  // destroyed before the descriptor
  bool is_tls = false;         // the transport is
  bool counts_as_tls = false;  // or what a proxy before us spoke
  bool is_loopback = false;
  Phase phase = Phase::head;
  std::uint32_t interest = 0;  // epoll events asked for
  std::optional<Deadlines::iterator> deadline;

  std::string input;  // received, not yet handed on
  HeadScanner scanner;
  std::optional<ParsedHead> head;  // once complete
  std::size_t lingered = 0;        // bytes thrown away while lingering

  std::string method;  // of the request being answered
  bool keep_alive = true;
  std::string output_head;
  SharedBytes output_body;
  FileBody output_file;
  std::uint64_t sent = 0;  // of head and body together
  std::uint64_t next_allowance = 0;                // bytes sent when time is given for the next part of a file
  std::optional<SteadyTime> waits_for_disk_since;  // of the file's next piece

  // Between requests, with nothing received.
  bool is_idle() const { return phase == Phase::head && input.empty(); }
};

}  // namespace khaosat
