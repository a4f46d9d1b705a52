#include "server/pages/staff_slips.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "server/pages/design.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/reports/qr_picture.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_service.h"

namespace khaosat {

namespace {

// "https://host:port" without a path; anything else would be printed a thousand times and not work.
bool is_web_address(std::string_view text) {
  std::string_view host;
  if (text.starts_with("https://")) host = text.substr(8);
  if (text.starts_with("http://")) host = text.substr(7);
  return !host.empty() && host.size() <= 100 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

}  // namespace

Result<HttpResponse> make_slips(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  std::string address = form.text("address");
  while (!address.empty() && address.back() == '/') address.pop_back();
  // Looked at before the slips are made: they are made once.
  if (!is_web_address(address)) {
    View view = campaign_view(app, request, campaign, say(app, request, "staff.slips.title"));
    view.set("address", address).set("failed", true);
    view.add("errors", View().set("href", "#address").set("sentence", say(app, request, "staff.slips.address_wrong")));
    return staff_page(app, request, "slips_address", view, 422);
  }
  const std::string page = address + "/s/" + campaign.id;
  // A picture of the longest text, before any slip exists, shows that all will fit.
  TRY(qr_picture(page + "#0000-0000-0000-0"));
  const auto slips = TRY(app.campaigns.make_slips(campaign.id, signed_in(request)->account));

  View view = campaign_view(app, request, campaign, say(app, request, "staff.slips.title"));
  view.set("count", static_cast<int>(slips.size())).set("page_address", page);
  std::map<std::string, std::vector<const PrintedSlip*>> by_psu;
  for (const auto& slip : slips) by_psu[slip.psu].push_back(&slip);
  for (const auto& psu : campaign.psus) {
    const auto pile = by_psu.find(psu.id);
    if (pile == by_psu.end()) continue;
    View sheet;
    const Stratum* stratum = campaign.stratum(psu.stratum);
    const std::string unit = stratum ? unit_name(app, stratum->unit, request.language) : "";
    sheet.set("place", psu.title == unit ? unit : psu.title + ", " + unit).set("pile", static_cast<int>(pile->second.size()));
    for (const PrintedSlip* slip : pile->second) {
      const QrPicture qr = TRY(qr_picture(page + "#" + slip->code));
      View one;
      one.set("code", slip->code).set("qr_size", qr.size).set("qr_path", qr.path);
      sheet.add("slips", std::move(one));
    }
    view.add("sheets", std::move(sheet));
  }
  view.set("office", campaign.office);
  view.set("last_day", shown_date(campaign.closes_on));
  return staff_page(app, request, "slips", view);
}

}  // namespace khaosat
