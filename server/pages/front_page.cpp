#include "server/pages/front_page.h"

#include "server/pages/design.h"
#include "server/services/campaign_book.h"

namespace khaosat {

Result<HttpResponse> show_front_page(const CitizenApp& app, const Request& request) {
  const Design& design = app.design;
  const std::string& language = request.language;
  View view = citizen_view(design, language, app.design.locales.text(language, "front.title"), app.design.locales.languages());
  const std::string today = vietnam_date(app.clock.now());
  bool any = false;
  for (const auto& campaign : TRY(app.book.all())) {
    if (!check_takes_answers(campaign, today)) continue;
    any = true;
    View item;
    item.set("href", "/s/" + campaign.id + (language == "vi" ? "" : "?lang=" + language));
    item.set("campaign_title", campaign.title.in(language));
    item.set("closes", app.design.locales.text(language, "front.closes", {{"date", shown_date(campaign.closes_on)}}));
    item.set("is_demo", campaign.demo).set("by_slip", campaign.admission == Admission::slips);
    view.add("campaigns", std::move(item));
  }
  view.set("has_campaigns", any);
  HttpResponse response = citizen_page(design, "front", language, view);
  response.cache_control = "no-cache";
  return response;
}

}  // namespace khaosat
