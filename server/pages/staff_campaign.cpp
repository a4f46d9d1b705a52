#include "server/pages/staff_campaign.h"

#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/paper/staff_paper.h"
#include "server/pages/published_pages.h"
#include "server/pages/staff_overview.h"
#include "server/pages/staff_page.h"
#include "server/reports/participation_report.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_service.h"
#include "server/services/compute_index.h"
#include "server/services/published_index.h"
#include "server/services/paper/paper_service.h"
#include "server/services/population/campaign_population.h"

namespace khaosat {

namespace {

// How many slips were made; what was planned stands in the campaign.
Result<int> slips_made(const CampaignEntry& entry) {
  int made = 0;
  for (const auto& count : TRY(entry.answers->counts())) made += count.slips;
  return made;
}

int slips_planned(const Campaign& campaign) {
  int planned = 0;
  for (const auto& psu : campaign.psus) planned += psu.slips;
  return planned;
}

bool may_run(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

void put_facts(View& view, const App& app, const Request& request, const CampaignEntry& entry) {
  const Campaign& campaign = entry.campaign;
  const auto add = [&](const char* key, const std::string& fact) {
    view.add("facts", View().set("term", say(app, request, key)).set("fact", fact));
  };
  add("staff.campaign.office", campaign.office);
  add("staff.campaign.questionnaire", entry.questionnaire->title.in(request.language) + " (" + campaign.questionnaire.label() + ")");
  add("staff.campaign.dates", shown_date(campaign.opens_on) + " – " + shown_date(campaign.closes_on));
  add("staff.campaign.sample", say(app, request, campaign.sample == SampleKind::drawn ? "staff.campaign.sample_drawn" : "staff.campaign.sample_none"));
  add("staff.campaign.admission", say(app, request, campaign.admission == Admission::slips ? "staff.campaign.admission_slips" : "staff.campaign.admission_open"));
  add("staff.campaign.minimum_cell", std::to_string(campaign.minimum_cell));
  add("staff.campaign.batch_size", std::to_string(campaign.batch_size));
  for (std::size_t i = 1; i < campaign.versions.size(); ++i) {
    const auto& version = campaign.versions[i];
    add("staff.campaign.version", say(app, request, "staff.campaign.version_since",
                                      {{"version", version.questionnaire.label()}, {"date", shown_date(version.since)}, {"reason", version.reason}}));
  }
  for (const auto& need : campaign.stated_needs) {
    const std::string key = "staff.topic." + need.topic;
    add("staff.campaign.stated_needs", (app.locales.has_key("vi", key) ? say(app, request, key) : need.topic) + ": " + need.reason);
  }
  view.set("hash", campaign.questionnaire.hash);
}

Result<void> put_participation(View& view, const App& app, const Request& request, const Campaign& campaign) {
  const auto table = TRY(app.campaigns.participation(campaign.id));
  int arrived = 0;
  for (const auto& unit : participation_by_unit(campaign, table)) {
    View group;
    group.set("unit", unit_name(app, unit.unit, request.language));
    group.set("unit_slips", unit.slips).set("unit_arrived", unit.arrived);
    arrived += unit.arrived;
    for (const auto& psu : unit.psus) {
      View row;
      row.set("psu", psu.psu).set("psu_title", psu.title).set("slips", psu.slips).set("arrived", psu.arrived);
      const auto* planned = campaign.psu(psu.psu);
      row.set("population", planned && planned->population > 0 ? std::to_string(planned->population) : "–");
      group.add("psus", std::move(row));
    }
    view.add("units", std::move(group));
  }
  view.set("arrived_total", arrived).set("slips_total", slips_planned(campaign));
  return {};
}

// Why a closed campaign has no results to look at; empty: it has.
Result<std::string> why_no_results(const App& app, const Request& request, const CampaignEntry& entry) {
  // Fewer than a batch were never opened.
  int arrived = 0;
  for (const auto& count : TRY(entry.answers->counts())) arrived += count.arrived;
  if (arrived < entry.campaign.batch_size) return say(app, request, "staff.campaign.no_answers");
  if (!main_model(app.index, entry.campaign)) return why_refused(app, request, no_model_reads(entry.campaign));
  return std::string();
}

// What follows for this campaign, and nothing else.
Result<void> put_next_step(View& view, const App& app, const Request& request, const CampaignEntry& entry) {
  const Campaign& campaign = entry.campaign;
  const bool runs = may_run(request);
  const bool draft = campaign.state == CampaignState::draft;
  const bool needs_slips = draft && campaign.admission == Admission::slips && TRY(slips_made(entry)) == 0;
  view.set("next_slips", runs && needs_slips).set("next_open", runs && draft && !needs_slips);
  view.set("next_close", runs && campaign.state == CampaignState::open);
  view.set("may_renew", runs && campaign.state == CampaignState::open && campaign.audience == Audience::citizen);
  const bool closed = campaign.state == CampaignState::closed;
  const std::string none = closed ? TRY(why_no_results(app, request, entry)) : std::string();
  view.set("next_results", closed && none.empty()).set("is_closed", closed);
  if (!none.empty()) view.set("no_results", none);
  view.set("with_slips", campaign.admission == Admission::slips);
  return {};
}

std::string public_address(const Request& request) {
  const std::string host(request.header("host"));
  return (request.is_tls ? "https://" : "http://") + host;
}

Result<HttpResponse> confirm_page(const App& app, const Request& request, const Campaign& campaign, const std::string& act,
                                  const char* refused_key) {
  View view = campaign_view(app, request, campaign, say(app, request, "staff." + act + ".title"));
  view.set("act", "/staff/campaigns/" + campaign.id + "/" + act);
  view.set("is_closing", act == "close").set("is_opening", act == "open");
  view.set("batch_size", campaign.batch_size);
  const std::string warning = act == "close" ? TRY(paper_warning(app, request, campaign)) : std::string();
  if (!warning.empty()) view.set("paper_warning", warning);
  view.set("open_admission", campaign.admission == Admission::open);
  if (refused_key) {
    view.set("failed", true);
    view.add("errors", View().set("href", "#confirm").set("sentence", say(app, request, refused_key)));
  }
  return staff_page(app, request, "confirm", view, refused_key ? 422 : 200);
}

Result<HttpResponse> show_confirm(const App& app, const Request& request, CampaignState from, const std::string& act) {
  const auto entry = TRY(campaign_of(app, request));
  if (entry->campaign.state != from) return fail(ErrorCode::campaign_wrong_state, "not at this stage", entry->campaign.id);
  return confirm_page(app, request, entry->campaign, act, nullptr);
}

}  // namespace

Result<CampaignEntryPtr> campaign_of(const App& app, const Request& request) { return app.book.find(request.params.at(0)); }

View campaign_view(const App& app, const Request& request, const Campaign& campaign, const std::string& title) {
  View view = staff_view(app, request, title, "/staff/campaigns");
  view.set("demo", campaign.demo).set("campaign_title", campaign.title.in(request.language));
  view.set("campaign_href", "/staff/campaigns/" + campaign.id).set("campaign_id", campaign.id);
  return view;
}

std::string unit_name(const App& app, const std::string& unit_id, const std::string& language) {
  return joint_unit_name(app.catalog.units(), unit_id, language);
}

Result<HttpResponse> show_campaign(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  View view = campaign_view(app, request, campaign, campaign.title.in(request.language));
  view.set("summary", campaign_row(app, request, campaign));
  put_facts(view, app, request, *entry);
  TRY_VOID(put_participation(view, app, request, campaign));
  TRY_VOID(put_next_step(view, app, request, *entry));
  view.set("address", public_address(request));
  const bool drawn = campaign.sample == SampleKind::drawn;
  view.set("is_drawn", drawn).set("population_kept", drawn && TRY(population_of(app.store.registry(), campaign.id)).has_value());
  view.set("is_draft", campaign.state == CampaignState::draft);
  if (campaign.state == CampaignState::open) view.set("citizen_href", "/s/" + campaign.id);
  return staff_page(app, request, "campaign", view);
}

Result<HttpResponse> show_opening(const App& app, const Request& request) {
  return show_confirm(app, request, CampaignState::draft, "open");
}

Result<HttpResponse> show_closing(const App& app, const Request& request) {
  return show_confirm(app, request, CampaignState::open, "close");
}

Result<HttpResponse> open_campaign(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  if (form.text("confirm") != "yes") return confirm_page(app, request, entry->campaign, "open", "staff.confirm.missing");
  TRY_VOID(app.campaigns.open(entry->campaign.id, signed_in(request)->account));
  // Rendered now, so that the first citizen does not wait for it.
  if (const auto opened = app.book.find(entry->campaign.id)) app.published.publish(*opened);
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id);
}

Result<HttpResponse> close_campaign(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  if (form.text("confirm") != "yes") return confirm_page(app, request, entry->campaign, "close", "staff.confirm.missing");
  // Paper forms that are settled and wait for the disk go first: afterwards nothing is taken.
  TRY(app.paper.send_waiting());
  TRY(app.campaigns.close(entry->campaign.id, signed_in(request)->account));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id);
}

}  // namespace khaosat
