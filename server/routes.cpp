#include "server/routes.h"

#include "server/catalog/catalog.h"
#include "server/pages/answer_form.h"
#include "server/pages/error_page.h"
#include "server/pages/field/field_pages.h"
#include "server/pages/front_page.h"
#include "server/pages/kiosk/kiosk_routes.h"
#include "server/pages/sounds/sound_pages.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_routes.h"

namespace khaosat {

std::vector<Route> routes(const App& app, std::function<ServerCounters()> counters) {
  const CitizenApp citizen = app.citizen();
  const auto for_citizens = [&](auto page) {
    return [citizen, page](const Request& request) { return page(citizen, request); };
  };
  std::vector<Route> list = {
      {"GET", "/", Access::everyone, 0, for_citizens(show_front_page), "front"},
      {"GET", kAnswerRoute, Access::everyone, 0, for_citizens(show_answer_form), "answer_form"},
      {"POST", kAnswerRoute, Access::everyone, kAnswerBodyLimit, for_citizens(take_answer_form), "answer"},
      {"GET", "/healthz", Access::everyone, 0, [&app](const Request&) { return show_health(app); }, "health"},
      {"GET", "/metrics", Access::loopback, 0,
       [&app, counters, shown = std::make_shared<ShownCommits>()](const Request&) {
         return show_metrics(app, counters(), *shown);
       },
       "metrics"},
      app.assets.route(),
  };
  for (auto& route : sound_routes(app.catalog.recordings())) list.push_back(std::move(route));
  for (auto& route : kiosk_routes({citizen, app.kiosks, app.desk})) list.push_back(std::move(route));
  for (auto& route : field_routes({citizen, app.field, app.files})) list.push_back(std::move(route));
  for (auto& route : staff_routes(app)) list.push_back(std::move(route));
  return list;
}

std::function<HttpResponse(const Error&, const Request&)> error_pages(const App& app) {
  return [&app](const Error& error, const Request& request) {
    const std::string_view path = request.path;
    const bool is_office = path == "/setup" || path == "/staff" || path.starts_with("/staff/");
    return is_office ? staff_error_page(app, error, request) : error_page(app.design(), error, request);
  };
}

}  // namespace khaosat
