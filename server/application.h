// All parts put together: the only place, with the command line, that knows concrete ones.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config.h"

namespace khaosat {

class HttpServer;
class Store;

// Opens the store of a data folder.
using OpenStore = std::function<Result<std::unique_ptr<Store>>(const std::string& folder)>;

class Application {
 public:
  // Opens the data folder, reads definitions, opens the sockets. Everything that can be wrong at
  // start is an error here: data_in_use, port_in_use, schema_newer, definition_invalid, tls files …
  // `open_store`: another store than the one on disk, for benchmarks; no option leads there.
  static Result<std::unique_ptr<Application>> create(const Config& config, const OpenStore& open_store = {});
  ~Application();

  // "http://127.0.0.1:8080", with real ports; the plain one first.
  std::vector<std::string> addresses() const;
  // A link for the first account, where none exists yet; valid once, for 30 minutes.
  Result<std::optional<std::string>> setup_link();

  // Serves until stop(). Batches are formed meanwhile.
  void run();
  // From any thread or a signal handler.
  void stop() noexcept;

 private:
  struct Parts;
  explicit Application(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace khaosat
