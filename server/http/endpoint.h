// Routes: the shape of one line of THE LIST in server/routes.cpp, and the router that serves it.
#pragma once

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
};
constexpr Access operator|(Access a, Access b) {
  return static_cast<Access>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool allows(Access access, Access role) {
  return (static_cast<unsigned>(access) & static_cast<unsigned>(role)) != 0;
}

// An Error goes to the error page with the status of its code. A lambda returning Response fits.
using Handler = std::function<Result<Response>(const Request&)>;

struct Route {
  std::string method;   // GET (serves HEAD too), POST, PUT, PATCH, DELETE
  // Matches the whole decoded path. Literals and bounded classes in groups only:
  // "/s/([a-z0-9-]{1,64})". No '.', '*' or '+': the matcher recurses per character.
  std::string pattern;
  Access access = Access::everyone;
  std::size_t body_limit = 0;  // bytes; 0 for GET
  Handler handler;
  std::string name;  // for logs and metrics, never the path itself
};

struct RouterConfig {
  std::vector<Route> routes;
  // Lets a request for a route that is not for everyone pass by returning nothing (and may fill in
  // request.account), or says what to answer instead. Without a guard all such routes are refused.
  std::function<std::optional<Response>(const Route&, Request&)> guard;
  // A page for people. Must not throw; a plain text is sent if it does.
  std::function<Response(const Error&, const Request&)> error_page;
};

// Immutable after creation; every call is safe from any thread.
class Router {
 public:
  // config_bad_value: a pattern that does not compile, is unbounded, or stands there twice.
  static Result<Router> create(RouterConfig config);
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;
  ~Router();

  // Checks in this order: path known (404), method (405 with Allow), TLS or loopback for staff
  // routes, Origin for staff forms, guard, then the handler. Never throws except bad_alloc.
  Answer handle(const RawRequest& raw) const;

  // The largest body any route of this method and (encoded) path takes; 0 if there is none.
  std::size_t body_limit(std::string_view method, std::string_view raw_path) const;

  const std::vector<Route>& routes() const;

 private:
  class State;
  explicit Router(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace khaosat
