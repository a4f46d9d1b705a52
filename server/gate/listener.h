// Opening a listening socket.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace khaosat {

// Owns one file descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      reset();
      value_ = other.release();
    }
    return *this;
  }
  ~Descriptor() { reset(); }

  int get() const { return value_; }
  bool is_open() const { return value_ >= 0; }
  int release() {
    const int value = value_;
    value_ = -1;
    return value;
  }
  void reset();

 private:
  int value_ = -1;
};

struct OpenListener {
  Descriptor descriptor;
  std::uint16_t port = 0;  // the real one when 0 was asked for
};

// `host` is a numeric address ("127.0.0.1", "0.0.0.0", "::") or "localhost"; port 0 takes a free one.
// port_in_use when another program, or another copy of this one, listens there already;
// config_bad_value for an address this machine does not have.
Result<OpenListener> open_listener(const std::string& host, std::uint16_t port);

}  // namespace khaosat
