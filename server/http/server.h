// Gate and router put together: an HTTP server for a list of routes.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/gate/gate.h"
#include "server/http/endpoint.h"

namespace khaosat {

class HttpServer {
 public:
  // Opens the sockets. Errors of Router::create and Gate::create: config_bad_value, port_in_use,
  // file_unreadable.
  static Result<std::unique_ptr<HttpServer>> create(GateConfig gate, RouterConfig router);
  ~HttpServer();

  // "http://127.0.0.1:8080", with the real port; in the order of GateConfig::listen.
  std::string address(std::size_t listener = 0) const;
  std::size_t listener_count() const;

  // Serves until stop() and returns once requests under way are answered. Call once.
  void run();
  // From any thread or a signal handler.
  void stop() noexcept;

  GateCounters counters() const;
  const Router& router() const;

 private:
  class State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace khaosat
