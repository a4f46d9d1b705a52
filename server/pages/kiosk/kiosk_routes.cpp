#include "server/pages/kiosk/kiosk_routes.h"

#include "server/pages/answer_form.h"

namespace khaosat {

namespace {
constexpr std::size_t kSmall = 4u << 10;
}

std::vector<Route> kiosk_routes(const KioskApp& app) {
  const auto page = [&](const char* method, const char* path, std::size_t limit, const char* name, auto handler) {
    return Route{method, path, Access::everyone, limit, [app, handler](const Request& request) { return handler(app, request); }, name};
  };
  return {
      page("GET", "/kiosk", 0, "kiosk", show_kiosk),
      page("POST", "/kiosk", kAnswerBodyLimit, "kiosk_answer", take_kiosk_step),
      page("POST", "/kiosk/enrol", kSmall, "kiosk_enrol", enrol_kiosk),
      page("POST", "/kiosk/alive", kSmall, "kiosk_alive", keep_kiosk_alive),
      page("GET", "/kiosk/leave", 0, "kiosk_leave", show_kiosk_leaving),
      page("POST", "/kiosk/leave", kSmall, "kiosk_leave", leave_kiosk),
  };
}

}  // namespace khaosat
