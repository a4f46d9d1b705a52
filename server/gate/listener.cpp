#include "server/gate/listener.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace khaosat {

namespace {

// The kernel cuts this down to net.core.somaxconn.
constexpr int kBacklog = 4096;

struct FreeAddress {
  void operator()(addrinfo* address) const { freeaddrinfo(address); }
};

std::uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

}  // namespace

void Descriptor::reset() {
  if (value_ >= 0) ::close(value_);
  value_ = -1;
}

Result<OpenListener> open_listener(const std::string& host, std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  addrinfo* found = nullptr;
  const std::string numeric = host == "localhost" ? "127.0.0.1" : host;
  if (getaddrinfo(numeric.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) {
    return fail(ErrorCode::config_bad_value,
                "cannot listen on " + where + ": give a numeric address such as 127.0.0.1, 0.0.0.0 or ::",
                where);
  }
  const std::unique_ptr<addrinfo, FreeAddress> address(found);

  Descriptor descriptor(
      ::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.is_open()) {
    return fail(ErrorCode::internal, std::string("cannot open a socket: ") + std::strerror(errno));
  }
  // REUSEADDR lets a restarted server have its port back at once. REUSEPORT would let a second copy
  // take half of the connections without a word.
  const int on = 1;
  setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // Accepted sockets inherit it; without it an answer in two packets waits for a delayed ACK.
  setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::bind(descriptor.get(), address->ai_addr, address->ai_addrlen) != 0 ||
      ::listen(descriptor.get(), kBacklog) != 0) {
    if (errno == EADDRINUSE) {
      return fail(ErrorCode::port_in_use,
                  "cannot listen on " + where +
                      ": another program, or another khaosat, already does; stop it or choose "
                      "another port with --listen",
                  where);
    }
    if (errno == EACCES) {
      return fail(ErrorCode::config_bad_value,
                  "cannot listen on " + where + ": ports below 1024 need CAP_NET_BIND_SERVICE", where);
    }
    return fail(ErrorCode::config_bad_value, "cannot listen on " + where + ": " + std::strerror(errno),
                where);
  }
  OpenListener listener;
  listener.port = port_of(descriptor.get());
  listener.descriptor = std::move(descriptor);
  return listener;
}

}  // namespace khaosat
