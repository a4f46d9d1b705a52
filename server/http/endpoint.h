// Routes: the shape of one line of THE LIST in server/routes.cpp, and the router that serves it.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/http/request.h"
#include "server/http/response.h"

namespace khaosat {

// Who may call. Roles combine: Access::officer | Access::analyst means either.
enum class Access : unsigned {
  everyone = 0,
  loopback = 1,      // this machine only, without an account (metrics)
  signed_in = 2,     // any account
  administrator = 4,
  officer = 8,
  analyst = 16,
  jury = 32,
  clerk = 64,
};
constexpr Access operator|(Access a, Access b) {
  return static_cast<Access>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool allows(Access access, Access role) {
  return (static_cast<unsigned>(access) & static_cast<unsigned>(role)) != 0;
}

// An Error goes to the error page with the status of its code; a lambda returning HttpResponse fits.
using Handler = std::function<Result<HttpResponse>(const Request&)>;

struct Route {
  std::string method;   // GET (serves HEAD too), POST, PUT, PATCH, DELETE
  // Matches the whole decoded path: literals and bounded classes (path_pattern.h), what stands in
  // groups becomes request.params: "/s/([a-z0-9-]{1,64})".
  std::string pattern;
  Access access = Access::everyone;
  std::size_t body_limit = 0;  // bytes; 0 for GET
  Handler handler;
  std::string name;  // for logs and metrics, never the path itself
};

struct RouterConfig {
  std::vector<Route> routes;
  // Asked for routes that need an account. Returns nothing to let the request pass (and may fill in
  // request.account), or what to answer instead. Without a guard all such routes are refused.
  std::function<std::optional<HttpResponse>(const Route&, Request&)> guard;
  // A page for people. A plain text is sent if it is missing or throws.
  std::function<HttpResponse(const Error&, const Request&)> error_page;
};

// How often a route was answered, by the first digit of the status: [2] are 200 to 299.
struct RouteCount {
  std::string name;  // "unknown": no route matched
  std::string method;
  Access access = Access::everyone;
  std::array<std::uint64_t, 6> answers{};
};

// Immutable after creation but for its counters; every call is safe from any thread.
class Router {
 public:
  // config_bad_value: a pattern that does not compile, is unbounded, or stands there twice.
  static Result<Router> create(RouterConfig config);
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // Checks in this order: path known (404), method (405 with Allow), TLS or loopback for staff
  // routes (tls_required), origin of staff forms (csrf_refused), guard, then the handler. What a
  // handler throws becomes the error page of `internal`; nothing of it is shown or logged but its type.
  RawAnswer handle(RawRequest raw) const;

  // The largest body any route of this method and (encoded) path takes; 0 if there is none.
  std::size_t body_limit(std::string_view method, std::string_view raw_path) const;

  const std::vector<Route>& routes() const;
  // Since the start; one entry per route and, last, what matched none. Refusals of the gate are not in.
  std::vector<RouteCount> counts() const;

  // What the gate shows with a refusal of its own: the error page of the nearest code.
  RawAnswer refusal(int status, bool is_tls) const;

 private:
  class State;
  explicit Router(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace khaosat
