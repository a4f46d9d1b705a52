#include "server/pages/staff_overview.h"

#include <algorithm>

#include "server/pages/design.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_book.h"
#include "server/services/facts/personal_data.h"
#include "server/services/jury/due_list.h"
#include "server/services/space_watch.h"

namespace khaosat {

View campaign_row(const App& app, const Request& request, const Campaign& campaign) {
  View row;
  row.set("campaign_title", campaign.title.in(request.language));
  row.set("href", "/staff/campaigns/" + campaign.id);
  const char* state = campaign.state == CampaignState::draft ? "draft" : campaign.state == CampaignState::open ? "open" : "closed";
  row.set("state", say(app, request, std::string("staff.state.") + state));
  row.set("is_open", campaign.state == CampaignState::open).set("is_closed", campaign.state == CampaignState::closed);
  row.set("dates", shown_date(campaign.opens_on) + " – " + shown_date(campaign.closes_on));
  row.set("is_demo", campaign.demo);
  return row;
}

Result<HttpResponse> show_overview(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.overview.title"), "/staff");
  const Role role = signed_in(request)->role;
  const bool runs_campaigns = role == Role::administrator || role == Role::officer;
  const bool sees_campaigns = runs_campaigns || role == Role::analyst;
  view.set("role", say(app, request, "staff.role." + std::string(name_of(role))));
  view.set("role_hint", say(app, request, "staff.role." + std::string(name_of(role)) + "_hint"));
  view.set("runs_campaigns", runs_campaigns).set("sees_campaigns", sees_campaigns);
  view.set("sees_awards", runs_campaigns || role == Role::jury).set("sees_accounts", role == Role::administrator);
  if (app.space && app.space->is_low()) {
    view.set("low_space", say(app, request, "staff.overview.low_space",
                              {{"free", std::to_string(app.space->free_bytes().value_or(0) / 1'000'000)}}));
  }
  view.set("keys_paper", role == Role::clerk);
  if (sees_campaigns) {
    auto campaigns = TRY(app.book.all());
    // Newest last day first; a stranger's eye looks for what runs now.
    std::stable_sort(campaigns.begin(), campaigns.end(),
                     [](const Campaign& a, const Campaign& b) { return a.closes_on > b.closes_on; });
    view.set("any_campaign", !campaigns.empty());
    for (const auto& campaign : campaigns) view.add("campaigns", campaign_row(app, request, campaign));
  }
  if (runs_campaigns) {
    const auto due = TRY(due_list({app.store, app.clock, app.facts, app.personal, app.jury, app.scorecards}));
    view.set("any_due", !due.empty());
    for (const auto& item : due) {
      View row;
      row.set("due_day", shown_date(item.day)).set("late", item.overdue).set("due_kind", say(app, request, "staff.due." + item.kind));
      row.set("due_about", item.about).set("due_href", item.href);
      view.add("due", std::move(row));
    }
  }
  // The law gives two working days: whoever signs in sees at once that one has passed.
  const std::size_t overdue = runs_campaigns ? TRY(app.personal.overdue_requests()) : 0;
  view.set("any_overdue", overdue > 0).set("overdue", static_cast<int>(overdue));
  // A year that can no longer be read says so on its own page; it closes nobody's first one.
  const auto waiting = scorecards_waiting(app, request);
  view.set("any_waiting", waiting && *waiting > 0).set("waiting_count", waiting ? static_cast<int>(*waiting) : 0);
  return staff_page(app, request, "overview", view);
}

}  // namespace khaosat
