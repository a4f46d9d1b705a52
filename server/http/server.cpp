#include "server/http/server.h"

#include <map>

#include "server/http/awaited_response.h"

namespace khaosat {

namespace {

// Ten seconds suit a form; a file from a slow office line gets a second more per 64 KB.
BodyAllowance allowance(std::size_t bytes) {
  constexpr std::size_t kForm = 1 << 20;
  const std::size_t extra = bytes > kForm ? (bytes - kForm) >> 16 : 0;
  return {bytes, std::chrono::seconds(10) + std::chrono::seconds(extra)};
}

}  // namespace

class HttpServer::State {
 public:
  explicit State(Router its_router) : router(std::move(its_router)) {
    // Refusals happen on the gate's one thread, so their pages are rendered beforehand.
    for (const int status : {400, 408, 411, 413, 414, 415, 416, 417, 431, 500, 501, 503, 505}) {
      for (const bool is_tls : {false, true}) {
        refusals.emplace(std::pair(status, is_tls), router.refusal(status, is_tls));
      }
    }
  }

  GateCallbacks callbacks() const {
    GateCallbacks callbacks;
    callbacks.handle = [this](RawRequest request) -> Handled {
      AwaitingAllowed awaiting;
      RawAnswer answer = router.handle(std::move(request));
      if (awaiting.left) return Handled(std::move(awaiting.left));
      return answer;
    };
    callbacks.allow_body = [this](std::string_view method, std::string_view path) {
      return allowance(router.body_limit(method, path));
    };
    callbacks.refusal = [this](int status, bool is_tls) {
      const auto found = refusals.find(std::pair(status, is_tls));
      return found == refusals.end() ? RawAnswer{} : found->second;
    };
    return callbacks;
  }

  const Router router;
  std::map<std::pair<int, bool>, RawAnswer> refusals;
  std::unique_ptr<Gate> gate;  // last: its threads use the rest
};

Result<std::unique_ptr<HttpServer>> HttpServer::create(GateConfig gate, RouterConfig router) {
  auto state = std::make_unique<State>(TRY(Router::create(std::move(router))));
  state->gate = TRY(Gate::create(std::move(gate), state->callbacks()));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

std::string HttpServer::address(std::size_t listener) const {
  const ListenOn& on = state_->gate->listening().at(listener);
  const std::string host = on.host.find(':') == std::string::npos ? on.host : "[" + on.host + "]";
  return (on.tls ? "https://" : "http://") + host + ":" + std::to_string(on.port);
}

std::size_t HttpServer::listener_count() const { return state_->gate->listening().size(); }

void HttpServer::run() { state_->gate->run(); }
void HttpServer::stop() noexcept { state_->gate->stop(); }
GateCounters HttpServer::counters() const { return state_->gate->counters(); }
const Router& HttpServer::router() const { return state_->router; }

}  // namespace khaosat
