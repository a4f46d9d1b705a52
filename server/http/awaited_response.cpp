#include "server/http/awaited_response.h"

namespace khaosat {

namespace {
thread_local std::unique_ptr<AwaitedResponse> handed_over;
thread_local AwaitingAllowed* allowed = nullptr;
}  // namespace

HttpResponse await_instead(AwaitedResponse awaited) {
  handed_over = std::make_unique<AwaitedResponse>(std::move(awaited));
  HttpResponse response;
  response.status = 500;
  return response;
}

std::unique_ptr<AwaitedResponse> take_awaited() { return std::move(handed_over); }

AwaitingAllowed::AwaitingAllowed() { allowed = this; }
AwaitingAllowed::~AwaitingAllowed() { allowed = nullptr; }
AwaitingAllowed* AwaitingAllowed::on_this_thread() { return allowed; }

}  // namespace khaosat
