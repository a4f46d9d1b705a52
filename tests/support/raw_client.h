// A TCP client that sends exactly the bytes it is told to, for testing what well-behaved clients
// never do. Blocking, with a time limit on every wait.
#pragma once

#include <map>
#include <string>

namespace khaosat::test {

struct RawResponse {
  int status = 0;                                   // 0: no complete answer came
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string header(const std::string& lower_case_name) const {
    const auto found = headers.find(lower_case_name);
    return found == headers.end() ? std::string() : found->second;
  }
};

class RawClient {
 public:
  // Connects to 127.0.0.1. is_open() is false if that fails.
  explicit RawClient(int port);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&& other) noexcept;
  ~RawClient();

  bool is_open() const { return socket_ >= 0; }
  int socket() const { return socket_; }
  // False once the server has closed or reset the connection.
  bool send(const std::string& bytes);
  void finish_sending();
  // Closes with a reset instead of a goodbye.
  void abort();
  // The next answer on this connection; `head_only` for answers to HEAD.
  RawResponse receive(bool head_only = false, int timeout_ms = 5000);
  // True if the server ends the connection within the time and sends nothing before.
  bool is_closed_by_server(int timeout_ms = 5000);

 private:
  bool fill(int timeout_ms);
  int socket_ = -1;
  std::string buffer_;
};

// Connect, send, receive one answer.
RawResponse exchange(int port, const std::string& bytes);

}  // namespace khaosat::test
