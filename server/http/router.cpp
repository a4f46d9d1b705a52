#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <set>
#include <typeinfo>

#include "base/log.h"
#include "server/gate/percent.h"
#include "server/http/awaited_response.h"
#include "server/http/endpoint.h"
#include "server/http/finish_response.h"
#include "server/http/library_router.h"
#include "server/http/path_pattern.h"
#include "server/http/same_origin.h"

namespace khaosat {

class Router::State {
 public:
  using Counts = std::array<std::atomic<std::uint64_t>, 6>;

  explicit State(RouterConfig its_config)
      : config(std::move(its_config)), counts(std::make_unique<Counts[]>(config.routes.size() + 1)) {}

  RawAnswer handle(RawRequest raw) const;
  std::unique_ptr<AwaitedAnswer> finished(AwaitedResponse awaited, Request request, std::size_t matched) const;
  RawAnswer waited_for(AwaitedAnswer awaited) const;
  void count(std::size_t matched, int status) const {
    ++counts[matched][static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  }
  RawAnswer counted(std::size_t matched, RawAnswer answer) const {
    count(matched, answer.status);
    return answer;
  }
  std::string allowed_methods(const std::string& path) const;
  HttpResponse error_response(const Error& error, const Request& request) const;
  HttpResponse serve(const Route& route, Request& request) const;
  template <typename Work>
  HttpResponse guarded(const Route& route, const Request& request, Work work) const;
  std::optional<HttpResponse> turn_away(const Route& route, Request& request) const;

  RouterConfig config;
  std::vector<PathPattern> patterns;  // same order as config.routes
  const std::unique_ptr<Counts[]> counts;  // likewise; the last is for what matched none
  LibraryRouter library;
};

namespace {

constexpr std::array<std::string_view, 5> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE"};

std::string_view method_served_by(std::string_view method) { return method == "HEAD" ? "GET" : method; }

// Never the message of what was thrown: libraries quote their input there, and inputs are answers.
void log_thrown(const Route& route, const char* type) {
  log(LogLevel::error, "handler_threw", {{"route", route.name}, {"type", type}});
}

}  // namespace

HttpResponse Router::State::error_response(const Error& error, const Request& request) const {
  if (config.error_page) {
    try {
      return config.error_page(error, request);
    } catch (...) {
      log(LogLevel::error, "error_page_threw", {{"code", std::string(name_of(error.code))}});
    }
  }
  const int status = http_status_of(error.code);
  return HttpResponse::text(std::to_string(status) + " " + std::string(name_of(error.code)) + "\n", status);
}

std::optional<HttpResponse> Router::State::turn_away(const Route& route, Request& request) const {
  if (route.access == Access::everyone) return std::nullopt;
  const auto refused = [&](ErrorCode code, std::string message) {
    return error_response(Error{code, std::move(message), route.name, {}}, request);
  };
  if (route.access == Access::loopback) {
    if (request.is_loopback) return std::nullopt;
    return refused(ErrorCode::not_found, "answered on this machine only");
  }
  if (!request.is_tls && !request.is_loopback) {
    return refused(ErrorCode::tls_required, "staff pages need TLS, or a browser on this machine");
  }
  if (!request.is_safe_method() && !may_be_same_origin(request)) {
    return refused(ErrorCode::csrf_refused, "the form was sent from another site");
  }
  if (!config.guard) return refused(ErrorCode::not_allowed, "nobody may use this page");
  return config.guard(route, request);
}

template <typename Work>
HttpResponse Router::State::guarded(const Route& route, const Request& request, Work work) const {
  try {
    return work();
  } catch (const std::exception& thrown) {
    log_thrown(route, typeid(thrown).name());
  } catch (...) {
    log_thrown(route, "unknown");
  }
  (void)take_awaited();  // of a handler that threw afterwards
  return error_response(Error{ErrorCode::internal, "a handler threw", route.name, {}}, request);
}

HttpResponse Router::State::serve(const Route& route, Request& request) const {
  return guarded(route, request, [&] {
    if (auto instead = turn_away(route, request)) return std::move(*instead);
    auto result = route.handler(request);
    return result ? std::move(*result) : error_response(result.error(), request);
  });
}

std::string Router::State::allowed_methods(const std::string& path) const {
  std::string allowed;
  for (const std::string_view method : kMethods) {
    const auto fits = [&](std::size_t i) {
      return config.routes[i].method == method && patterns[i].matches(path);
    };
    bool found = false;
    for (std::size_t i = 0; i < patterns.size() && !found; ++i) found = fits(i);
    if (!found) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
    if (method == "GET") allowed += ", HEAD";
  }
  return allowed;
}

// The answer as it will most likely go out is finished now, while there is time for it.
std::unique_ptr<AwaitedAnswer> Router::State::finished(AwaitedResponse awaited, Request request,
                                                       std::size_t matched) const {
  const auto kept = std::make_shared<const Request>(std::move(request));
  auto raw = std::make_unique<AwaitedAnswer>();
  raw->expected = finish_response(std::move(awaited.expected), *kept);
  const int status = raw->expected.status;
  raw->begin = [this, begin = std::move(awaited.begin), matched, status](std::function<void(bool)> known) {
    begin([this, matched, status, known = std::move(known)](bool expected) {
      if (expected) count(matched, status);
      known(expected);
    });
  };
  raw->otherwise = [this, otherwise = std::move(awaited.otherwise), kept, matched] {
    HttpResponse response = guarded(config.routes[matched], *kept, [&] { return otherwise(*kept); });
    return counted(matched, finish_response(std::move(response), *kept));
  };
  return raw;
}

// For whoever called from a thread of their own.
RawAnswer Router::State::waited_for(AwaitedAnswer awaited) const {
  auto promise = std::make_shared<std::promise<bool>>();
  auto expected = promise->get_future();
  awaited.begin([promise = std::move(promise)](bool known) { promise->set_value(known); });
  return expected.get() ? std::move(awaited.expected) : awaited.otherwise();
}

RawAnswer Router::State::handle(RawRequest raw) const {
  const std::string raw_path = raw.path;
  Request minimal;  // to show an error when the request itself cannot be read
  minimal.is_tls = raw.is_tls;
  minimal.is_loopback = raw.is_loopback;
  auto made = make_request(std::move(raw));
  std::size_t matched = config.routes.size();
  if (!made) return counted(matched, finish_response(error_response(made.error(), minimal), minimal));
  Request& request = *made;

  HttpResponse response;
  // The library swallows what is thrown through it, for instance when memory runs out even for the
  // error page. What was not answered must never look like a success.
  response.status = 500;
  const auto on_match = [&](std::size_t route, std::vector<std::string> captures) {
    matched = route;
    request.params = std::move(captures);
    response = serve(config.routes[route], request);
  };
  const bool known = request.path.size() <= kLongestPath &&
                     library.dispatch(request.method, raw_path, on_match);
  if (!known) {
    const std::string allowed = allowed_methods(request.path);
    const ErrorCode code = allowed.empty() ? ErrorCode::not_found : ErrorCode::method_not_allowed;
    response = error_response(Error{code, "no such page", {}, {}}, request);
    if (!allowed.empty()) response.with_header("Allow", allowed);
  }
  if (const auto awaited = take_awaited()) {
    auto answer = finished(std::move(*awaited), std::move(request), matched);
    AwaitingAllowed* const allowed = AwaitingAllowed::on_this_thread();
    if (allowed == nullptr) return waited_for(std::move(*answer));
    allowed->left = std::move(answer);
    return RawAnswer{500, {}, nullptr, false};
  }
  return counted(matched, finish_response(std::move(response), request));
}

Result<Router> Router::create(RouterConfig config) {
  auto state = std::make_unique<State>(std::move(config));
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < state->config.routes.size(); ++i) {
    const Route& route = state->config.routes[i];
    if (std::find(kMethods.begin(), kMethods.end(), route.method) == kMethods.end()) {
      return fail(ErrorCode::config_bad_value, "a route has the method " + route.method, route.pattern);
    }
    if (!route.handler) return fail(ErrorCode::config_bad_value, "a route has no handler", route.pattern);
    if (!seen.emplace(route.method, route.pattern).second) {
      return fail(ErrorCode::config_bad_value, "a route stands there twice", route.pattern);
    }
    state->patterns.push_back(TRY(PathPattern::create(route.pattern)));
    state->library.add(route.method, route.pattern, i);
  }
  return Router(std::move(state));
}

Router::Router(std::unique_ptr<State> state) : state_(std::move(state)) {}
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;
Router::~Router() = default;

RawAnswer Router::handle(RawRequest raw) const { return state_->handle(std::move(raw)); }

std::size_t Router::body_limit(std::string_view method, std::string_view raw_path) const {
  const auto path = percent_decode(raw_path, false);
  if (!path) return 0;
  std::size_t limit = 0;
  for (std::size_t i = 0; i < state_->patterns.size(); ++i) {
    const Route& route = state_->config.routes[i];
    if (route.body_limit > limit && route.method == method_served_by(method) &&
        state_->patterns[i].matches(*path)) {
      limit = route.body_limit;
    }
  }
  return limit;
}

const std::vector<Route>& Router::routes() const { return state_->config.routes; }

std::vector<RouteCount> Router::counts() const {
  std::vector<RouteCount> list;
  for (const Route& route : state_->config.routes) list.push_back({route.name, route.method, route.access, {}});
  list.push_back({"unknown", "", Access::everyone, {}});
  for (std::size_t i = 0; i < list.size(); ++i) {
    for (std::size_t digit = 0; digit < list[i].answers.size(); ++digit) list[i].answers[digit] = state_->counts[i][digit];
  }
  return list;
}

RawAnswer Router::refusal(int status, bool is_tls) const {
  ErrorCode code = ErrorCode::bad_request;
  if (status == 408) code = ErrorCode::request_timeout;
  if (status == 413) code = ErrorCode::too_large;
  if (status == 415) code = ErrorCode::media_type_unsupported;
  if (status >= 500) code = ErrorCode::internal;
  if (status == 503) code = ErrorCode::server_busy;
  Request nobody;
  nobody.is_tls = is_tls;
  HttpResponse response = state_->error_response(Error{code, "refused at the gate", {}, {}}, nobody);
  response.status = status;
  return finish_response(std::move(response), nobody);
}

}  // namespace khaosat
