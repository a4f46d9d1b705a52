// A gate serving on a thread of the test, for as long as the object lives.
#pragma once

#include <memory>
#include <thread>

#include "server/gate/gate.h"

namespace khaosat::test {

class RunningGate {
 public:
  RunningGate(GateConfig config, GateCallbacks callbacks) {
    if (config.listen.empty()) config.listen.push_back({});
    if (!callbacks.allow_body)
      callbacks.allow_body = [](auto, auto) { return BodyAllowance{64 << 10}; };
    gate_ = Gate::create(std::move(config), std::move(callbacks)).value();
    thread_ = std::thread([this] { gate_->run(); });
  }
  ~RunningGate() { stop(); }
  RunningGate(const RunningGate&) = delete;
  RunningGate& operator=(const RunningGate&) = delete;

  void stop() {
    gate_->stop();
    if (thread_.joinable()) thread_.join();
  }
  int port(std::size_t listener = 0) const { return gate_->listening().at(listener).port; }
  Gate& gate() { return *gate_; }

 private:
  std::unique_ptr<Gate> gate_;
  std::thread thread_;
};

}  // namespace khaosat::test
