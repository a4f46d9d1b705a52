#include "server/http/library_router.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>

namespace khaosat {

namespace {

// The call that the current thread is dispatching; the library hands handlers nothing of ours.
struct Call {
  const LibraryRouter::OnMatch* on_match = nullptr;
  bool matched = false;
};
thread_local Call* current_call = nullptr;

// Reads a request from memory and lets the library's answer disappear.
class MemoryStream final : public httplib::Stream {
 public:
  explicit MemoryStream(std::string_view text) : rest_(text) {}

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* buffer, size_t size) override {
    const std::size_t count = std::min(size, rest_.size());
    std::memcpy(buffer, rest_.data(), count);
    rest_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }
  ssize_t write(const char*, size_t size) override { return static_cast<ssize_t>(size); }
  void get_remote_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  void get_local_ip_and_port(std::string& ip, int& port) const override {
    ip.clear();
    port = 0;
  }
  socket_t socket() const override { return INVALID_SOCKET; }

 private:
  std::string_view rest_;
};

}  // namespace

class LibraryRouter::Server final : public httplib::Server {
 public:
  void add(const std::string& method, const std::string& pattern, std::size_t route) {
    const Handler handler = [route](const httplib::Request& request, httplib::Response& response) {
      Call& call = *current_call;
      call.matched = true;
      response.status = 204;
      std::vector<std::string> captures;
      for (std::size_t i = 1; i < request.matches.size(); ++i) captures.push_back(request.matches[i]);
      (*call.on_match)(route, std::move(captures));
    };
    if (method == "GET") Get(pattern, handler);
    if (method == "POST") Post(pattern, handler);
    if (method == "PUT") Put(pattern, handler);
    if (method == "PATCH") Patch(pattern, handler);
    if (method == "DELETE") Delete(pattern, handler);
  }

  bool dispatch(std::string_view text, const OnMatch& on_match) {
    Call call{&on_match, false};
    current_call = &call;
    MemoryStream stream(text);
    bool closed = false;
    process_request(stream, true, closed, nullptr);
    return call.matched;
  }
};

LibraryRouter::LibraryRouter() : server_(std::make_unique<Server>()) {}
LibraryRouter::~LibraryRouter() = default;

void LibraryRouter::add(const std::string& method, const std::string& pattern, std::size_t route) {
  server_->add(method, pattern, route);
}

bool LibraryRouter::dispatch(std::string_view method, std::string_view raw_path,
                             const OnMatch& on_match) const {
  std::string text;
  text.reserve(method.size() + raw_path.size() + 40);
  text.append(method).append(" ").append(raw_path).append(" HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
  return server_->dispatch(text, on_match);
}

}  // namespace khaosat
