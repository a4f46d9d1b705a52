// cpp-httplib as a router: finds the handler for a method and a path. It sees nothing else of a
// request, neither headers nor body, and writes nothing that is sent; what it is known to do wrong
// with those (see server/gate/README.md) cannot happen.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace khaosat {

class LibraryRouter {
 public:
  using OnMatch = std::function<void(std::size_t route, std::vector<std::string> captures)>;

  LibraryRouter();
  ~LibraryRouter();
  LibraryRouter(const LibraryRouter&) = delete;
  LibraryRouter& operator=(const LibraryRouter&) = delete;

  // Before the first dispatch. `method` is GET, POST, PUT, PATCH or DELETE; the pattern is valid.
  void add(const std::string& method, const std::string& pattern, std::size_t route);

  // Calls `on_match` at most once, for the first route that fits; false if none does. The path is
  // still percent-encoded. Safe from any thread. `on_match` must not throw.
  bool dispatch(std::string_view method, std::string_view raw_path, const OnMatch& on_match) const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace khaosat
