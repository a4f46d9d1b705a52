// A handler that has done all but wait for the disk hands over what is left, and the thread goes on.
#pragma once

#include <functional>
#include <memory>

#include "server/gate/awaited.h"
#include "server/http/response.h"

namespace khaosat {

struct Request;

// As AwaitedAnswer (server/gate/awaited.h), in terms of pages. `otherwise` gets the request again, so that
// nothing made of it has to be kept.
struct AwaitedResponse {
  std::function<void(std::function<void(bool)> known)> begin;
  HttpResponse expected;
  std::function<HttpResponse(const Request&)> otherwise;
};

// The last thing a handler does: what is returned, an empty 500, only stands for what is awaited, and the
// router, on the same thread, takes that up.
HttpResponse await_instead(AwaitedResponse awaited);

// For the router: what the handler called last on this thread awaits; null if it just answered.
std::unique_ptr<AwaitedResponse> take_awaited();

// While it lives, requests handled on this thread may leave what they await here. Without one they are
// waited for, as whoever calls the router directly expects.
class AwaitingAllowed {
 public:
  AwaitingAllowed();
  ~AwaitingAllowed();
  AwaitingAllowed(const AwaitingAllowed&) = delete;
  AwaitingAllowed& operator=(const AwaitingAllowed&) = delete;

  static AwaitingAllowed* on_this_thread();
  std::unique_ptr<AwaitedAnswer> left;
};

}  // namespace khaosat
