// One end of a connection, plain or TLS, that reads as much as it is told to and no more. Blocking.
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/raw_client.h"

namespace khaosat::test {

class LineClient {
 public:
  // Certificates are not verified. `receive_buffer`: bytes the system may hold for a reader who is slow; 0: its usual.
  LineClient(int port, bool tls, int receive_buffer = 0) : raw_(port) {
    const timeval limit{20, 0};
    ::setsockopt(raw_.socket(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (receive_buffer > 0) ::setsockopt(raw_.socket(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    if (!tls) return;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), raw_.socket());
    is_open_ = SSL_connect(ssl_.get()) == 1;
  }

  bool is_open() const { return is_open_ && raw_.is_open(); }
  bool send(const std::string& bytes) {
    if (!ssl_) return raw_.send(bytes);
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  // What came next, at most so much; empty at the end and after 20 s.
  std::string some(std::size_t most = 64 << 10) {
    piece_.resize(most);
    const auto count = ssl_ ? SSL_read(ssl_.get(), piece_.data(), static_cast<int>(most)) : ::recv(raw_.socket(), piece_.data(), most, 0);
    return {piece_.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
  }
  // Head of the next answer, with its empty line. What came with it is left to exactly().
  std::string head() {
    std::size_t end = 0;
    while ((end = held_.find("\r\n\r\n")) == std::string::npos) {
      const std::string more = some();
      if (more.empty()) return {};
      held_ += more;
    }
    const std::string text = held_.substr(0, end + 4);
    held_.erase(0, end + 4);
    return text;
  }
  // So many bytes, or fewer at the end.
  std::string exactly(std::size_t count) {
    while (held_.size() < count) {
      const std::string more = some();
      if (more.empty()) break;
      held_ += more;
    }
    const std::string text = held_.substr(0, count);
    held_.erase(0, text.size());
    return text;
  }
  void abort() { raw_.abort(); }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  RawClient raw_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
  bool is_open_ = true;
  std::vector<char> piece_;
  std::string held_;
};

}  // namespace khaosat::test
