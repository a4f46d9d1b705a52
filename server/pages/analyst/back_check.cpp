#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/analyst/back_check.h"

namespace khaosat {

namespace {

// At most one person in ten made up would stay unseen once in twenty.
constexpr double kMadeUpShare = 0.1;

Result<HttpResponse> back_check_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const auto entry = TRY(campaign_of(app, request));
  View view = campaign_view(app, request, entry->campaign, say(app, request, "staff.back_check.title"));
  const auto kept = TRY(back_check_of(app.store.registry(), entry->campaign.id));
  std::uint64_t people = 0;
  for (const auto& row : kept) people += row.people;
  view.set("is_kept", people > 0).set("people", static_cast<int>(people));
  view.set("quality_href", "/staff/campaigns/" + entry->campaign.id + "/quality").set("is_closed", entry->campaign.state == CampaignState::closed);
  std::uint64_t drawn = 0;
  for (const auto& psu : entry->campaign.psus) drawn += static_cast<std::uint64_t>(std::max(0, psu.slips));
  if (drawn > 0) {
    view.set("needed", static_cast<int>(TRY(quality::sample_to_find_one(drawn, kMadeUpShare)))).set("drawn", static_cast<int>(drawn));
  }
  view.set("has_needed", drawn > 0);
  const std::string place = entry->campaign.psus.empty() ? "thon_1" : entry->campaign.psus.front().id;
  view.set("sample", "psu,reported,found,people\n" + place + ",interviewed,interviewed,9\n" + place + ",interviewed,not_met,1\n" + place + ",refused,refused,2\n");
  StaffFields fields(app, request, "back_check", typed, std::move(wrong));
  fields.input("table_file", "file").area("table", 8);
  fields.put(view);
  return staff_page(app, request, "analyst_back_check", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_back_check(const App& app, const Request& request) { return back_check_page(app, request, {}, {}); }

Result<HttpResponse> take_back_check(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  Faults faults;
  const std::string text = form.file_or_text("table_file", "table");
  const auto rows = read_back_check(text, entry->campaign, faults);
  if (!faults.empty()) {
    std::vector<FieldWrong> wrong;
    for (const auto& fault : faults) wrong.push_back({"table", sentence_of(app, request, fault, "staff.back_check")});
    return back_check_page(app, request, form.fields, std::move(wrong));
  }
  TRY_VOID(keep_back_check(app.store, app.clock, entry->campaign, rows, signed_in(request)->account));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/back-check");
}

}  // namespace khaosat
