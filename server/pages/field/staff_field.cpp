#include "server/pages/field/staff_field.h"

#include "server/pages/field/rescued_file.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

const char* state_key(FieldState state) {
  switch (state) {
    case FieldState::invited: return "staff.kiosks.invited";
    case FieldState::expired: return "staff.kiosks.expired";
    case FieldState::enrolled: return "staff.kiosks.enrolled";
    case FieldState::revoked: return "staff.kiosks.revoked";
  }
  return "staff.kiosks.expired";
}

std::string place_title(const Campaign& campaign, const std::string& place) {
  const auto* psu = campaign.psu(place);
  const Stratum* stratum = psu ? campaign.stratum(psu->stratum) : nullptr;
  if (!psu) return place;
  return stratum && stratum->title != psu->title ? psu->title + " – " + stratum->title : psu->title;
}

std::string address_of(const Request& request) {
  return (request.is_tls ? "https://" : "http://") + std::string(request.header("host")) + "/field";
}

void put_counts(View& view, const std::string& name, const App& app, const Request& request, const FieldCounts& counts, const std::string& prefix) {
  for (const auto& [code, count] : counts) {
    if (count > 0) view.add(name, View().set("words", say(app, request, prefix + code)).set("count", count));
  }
}

void put_tally(View& row, const App& app, const Request& request, const FieldTally& tally) {
  row.set("drawn", tally.drawn).set("open", tally.open).set("attempts", tally.attempts).set("done", tally.done);
  row.set("refused", tally.refused).set("not_reached", tally.not_reached).set("gone", tally.gone);
  row.set("replaced", tally.replaced).set("reserves", tally.reserves);
  put_counts(row, "talks", app, request, tally.languages, "field.language.");
  put_counts(row, "helped", app, request, tally.helpers, "field.helper.");
  row.set("talked", !tally.languages.empty());
}

Result<HttpResponse> devices_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong,
                                  const std::string& told = {}) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.field.title"));
  const auto lines = TRY(app.field.of_campaign(campaign.id));
  view.set("has_devices", !lines.empty()).set("address", address_of(request));
  if (!told.empty()) view.set("told", told);
  for (const auto& line : lines) {
    View row;
    std::string places;
    for (const auto& place : line.invitation.places) places += (places.empty() ? "" : ", ") + place_title(campaign, place);
    row.set("device_id", line.device.id).set("label", line.invitation.label).set("place_list", places).set("author", line.author);
    row.set("made", shown_date(vietnam_date(line.created))).set("state", say(app, request, state_key(line.state)));
    row.set("is_good", line.state == FieldState::enrolled);
    row.set("may_revoke", campaign.state == CampaignState::open && (line.state == FieldState::enrolled || line.state == FieldState::invited));
    put_tally(row, app, request, line.tally);
    view.add("devices", std::move(row));
  }
  std::vector<FieldChoice> places;
  for (const auto& psu : campaign.psus) places.push_back({psu.id, place_title(campaign, psu.id), psu.id});
  StaffFields fields(app, request, "field", typed, std::move(wrong));
  fields.input("label").checks("places", places).input("draw_file", "file").area("draw", 6);
  fields.put(view);
  view.set("may_invite", campaign.state == CampaignState::open && campaign.audience == Audience::citizen);
  return staff_page(app, request, "field", view, fields.has_wrong() ? 422 : 200);
}

std::vector<std::string> texts_of(const FormData& form, std::string_view name) {
  std::vector<std::string> list;
  for (const auto value : form.all(name)) list.emplace_back(value);
  return list;
}

}  // namespace

Result<HttpResponse> show_field_devices(const App& app, const Request& request) { return devices_page(app, request, {}, {}); }

Result<HttpResponse> invite_field_device(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  Faults faults;
  const auto made = app.field.invite(entry->campaign.id, form.text("label"), texts_of(form.fields, "places"),
                                     form.file_or_text("draw_file", "draw"), signed_in(request)->account, &faults);
  if (!made) {
    if (made.error().code == ErrorCode::campaign_wrong_state) return fail(made.error());
    std::vector<FieldWrong> wrong;
    for (const auto& fault : faults) wrong.push_back({"draw", sentence_of(app, request, fault, "field")});
    if (faults.empty() && made.error().code == ErrorCode::already_exists) {
      wrong.push_back({"places", say(app, request, "staff.field.place_taken", {{"place", place_title(entry->campaign, made.error().where)}})});
    } else if (faults.empty()) {
      wrong.push_back({made.error().where, say(app, request, made.error().where == "label" ? "staff.field.label_missing" : "staff.field.places_missing")});
    }
    return devices_page(app, request, form.fields, std::move(wrong));
  }
  View view = campaign_view(app, request, entry->campaign, say(app, request, "staff.field.made"));
  view.set("address", address_of(request)).set("label", form.text("label")).set("code", made->code);
  view.set("people", made->people).set("hours", static_cast<int>(kFieldCodeSeconds / 3600)).set("is_plain", !request.is_tls);
  return staff_page(app, request, "field_made", view);
}

Result<HttpResponse> revoke_field_device(const App& app, const Request& request, const StaffForm&) {
  const auto entry = TRY(campaign_of(app, request));
  TRY_VOID(app.field.revoke(entry->campaign.id, request.params.at(1), signed_in(request)->account));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/field");
}

Result<HttpResponse> take_rescued_file(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto refuse = [&](const Error& error) {
    return devices_page(app, request, {}, {{"rescue_file", app.locales.sentence(request.language, error)}});
  };
  const auto file = read_rescued_file(form.file_or_text("rescue_file", "rescue"));
  if (!file) return refuse(file.error());
  const auto count = take_rescued(app.citizen(), app.field, entry->campaign.id, *file);
  if (!count) return refuse(count.error());
  TRY_VOID(app.field.note_rescue(entry->campaign.id, std::to_string(file->interviews.size()) + " in the file, " + std::to_string(count->fresh) + " new",
                                 signed_in(request)->account));
  std::string told = say(app, request, "staff.field.rescued", {{"fresh", std::to_string(count->fresh)}, {"repeated", std::to_string(count->repeated)}});
  for (const auto& [code, times] : count->refused) {
    told += " " + say(app, request, "staff.field.rescue_refused",
                      {{"count", std::to_string(times)}, {"sentence", app.locales.sentence(request.language, {code, "", "", {}})}});
  }
  return devices_page(app, request, {}, {}, told);
}

}  // namespace khaosat
