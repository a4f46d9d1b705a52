#include "server/http/library_router.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "server/gate/percent.h"

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

namespace {

class Library final : public httplib::Server {
 public:
  using OnMatch = LibraryRouter::OnMatch;

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

// "staff" of "/staff/facts".
std::string_view first_part(std::string_view path) {
  path.remove_prefix(std::min<std::size_t>(1, path.size()));
  return path.substr(0, path.find('/'));
}

// Whether every path that fits the pattern has the same first part as the pattern itself.
bool keeps_its_first_part(std::string_view pattern) {
  const std::string_view part = first_part(pattern);
  if (part.find_first_of("()[]{}\\?|*+.^$") != std::string_view::npos) return false;
  const std::string_view rest = pattern.substr(1 + part.size());
  if (rest.size() > 1 && (rest[1] == '?' || rest[1] == '{')) return false;  // of the slash
  int depth = 0;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\') ++i;
    else if (rest[i] == '(') ++depth;
    else if (rest[i] == ')') --depth;
    else if (rest[i] == '|' && depth == 0) return false;
  }
  return true;
}

}  // namespace

// The library tries routes one after the other, and compiles them all beforehand. So there is one of it for
// each first part of a path, made when the first such path comes: a citizen's request meets few routes,
// and the many of the office cost nothing until somebody of the office comes.
class LibraryRouter::Server {
 public:
  void add(const std::string& method, const std::string& pattern, std::size_t route) {
    const Line line{method, pattern, route};
    if (!keeps_its_first_part(pattern)) {
      // It may fit any path, so it stands in every group.
      for (auto& [name, group] : groups_) group.lines.push_back(line);
      others_.lines.push_back(line);
      return;
    }
    auto found = groups_.find(first_part(pattern));
    if (found == groups_.end()) found = groups_.try_emplace(std::string(first_part(pattern)), others_.lines).first;
    found->second.lines.push_back(line);
  }

  bool dispatch(std::string_view raw_path, std::string_view text, const OnMatch& on_match) {
    const auto path = percent_decode(raw_path, false);
    if (!path) return false;
    const auto found = groups_.find(first_part(*path));
    return (found == groups_.end() ? others_ : found->second).library().dispatch(text, on_match);
  }

 private:
  struct Line {
    std::string method, pattern;
    std::size_t route;
  };
  struct Group {
    explicit Group(std::vector<Line> its_lines = {}) : lines(std::move(its_lines)) {}
    Library& library() {
      std::call_once(once, [this] {
        auto filled = std::make_unique<Library>();
        for (const Line& line : lines) filled->add(line.method, line.pattern, line.route);
        made = std::move(filled);
      });
      return *made;
    }
    std::vector<Line> lines;
    std::once_flag once;
    std::unique_ptr<Library> made;
  };
  std::map<std::string, Group, std::less<>> groups_;
  Group others_;
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
  return server_->dispatch(raw_path, text, on_match);
}

}  // namespace khaosat
