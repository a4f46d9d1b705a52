#include "server/pages/kiosk/staff_kiosks.h"

#include "server/pages/design.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_book.h"
#include "server/services/kiosk/kiosk_service.h"

namespace khaosat {

namespace {

const char* state_key(KioskState state) {
  switch (state) {
    case KioskState::invited: return "staff.kiosks.invited";
    case KioskState::expired: return "staff.kiosks.expired";
    case KioskState::enrolled: return "staff.kiosks.enrolled";
    case KioskState::revoked: return "staff.kiosks.revoked";
  }
  return "staff.kiosks.expired";
}

std::string place_title(const Campaign& campaign, const std::string& place) {
  const auto* psu = campaign.psu(place);
  if (!psu) return place;
  const Stratum* stratum = campaign.stratum(psu->stratum);
  return stratum && stratum->title != psu->title ? psu->title + " – " + stratum->title : psu->title;
}

std::string kiosk_address(const Request& request) {
  return (request.is_tls ? "https://" : "http://") + std::string(request.header("host")) + "/kiosk";
}

Result<HttpResponse> kiosks_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.kiosks.title"));
  const auto lines = TRY(app.kiosks.of_campaign(campaign.id));
  view.set("has_kiosks", !lines.empty()).set("address", kiosk_address(request));
  for (const auto& line : lines) {
    View row;
    row.set("kiosk_id", line.kiosk.id).set("place", place_title(campaign, line.kiosk.place)).set("author", line.author);
    row.set("made", shown_date(vietnam_date(line.created))).set("state", say(app, request, state_key(line.state)));
    row.set("is_good", line.state == KioskState::enrolled);
    row.set("may_revoke", line.state == KioskState::enrolled || line.state == KioskState::invited);
    view.add("kiosks", std::move(row));
  }
  std::vector<FieldChoice> places = {{"", say(app, request, "start.place_choose"), ""}};
  for (const auto& psu : campaign.psus) places.push_back({psu.id, place_title(campaign, psu.id), ""});
  StaffFields fields(app, request, "kiosks", typed, std::move(wrong));
  fields.select("place", places);
  fields.put(view);
  view.set("may_invite", campaign.state == CampaignState::open && campaign.audience == Audience::citizen);
  return staff_page(app, request, "kiosks", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_kiosks(const App& app, const Request& request) { return kiosks_page(app, request, {}, {}); }

Result<HttpResponse> invite_kiosk(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto made = app.kiosks.invite(entry->campaign.id, form.text("place"), signed_in(request)->account);
  if (!made) {
    const ErrorCode code = made.error().code;
    if (code != ErrorCode::unit_not_valid && code != ErrorCode::kiosk_unequal_effort) return fail(made.error());
    return kiosks_page(app, request, form.fields, {{"place", app.locales.sentence(request.language, made.error())}});
  }
  View view = campaign_view(app, request, entry->campaign, say(app, request, "staff.kiosks.made"));
  view.set("address", kiosk_address(request)).set("place", place_title(entry->campaign, form.text("place")));
  view.set("code", made->code).set("pin", made->pin.substr(0, 3) + " " + made->pin.substr(3));
  view.set("minutes", static_cast<int>(kKioskCodeSeconds / 60));
  return staff_page(app, request, "kiosk_made", view);
}

Result<HttpResponse> revoke_kiosk(const App& app, const Request& request, const StaffForm&) {
  const auto entry = TRY(campaign_of(app, request));
  TRY_VOID(app.kiosks.revoke(entry->campaign.id, request.params.at(1), signed_in(request)->account));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/kiosks");
}

}  // namespace khaosat
