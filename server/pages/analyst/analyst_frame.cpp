#include "server/catalog/catalog.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/services/compute_index.h"
#include "server/services/published_index.h"

namespace khaosat {

Result<std::shared_ptr<const index::IndexModel>> model_wanted(const App& app, const Request& request, const CampaignEntry& entry) {
  if (entry.campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "nothing is computed before the campaign closes", entry.campaign.id);
  }
  if (const auto named = request.query.one("model"); named && !named->empty()) {
    auto model = app.catalog.index_model(std::string(*named));
    if (!model) return fail(ErrorCode::definition_unknown, "no index model " + std::string(*named));
    return model;
  }
  auto fitting = main_model(app.index, entry.campaign);
  if (!fitting) return fail(no_model_reads(entry.campaign));
  return fitting;
}

Result<AnalysedCampaign> analysed_campaign(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto model = TRY(model_wanted(app, request, *entry));
  auto run = TRY(app.index.compute({entry->campaign.id, model->identity.id, {}, "", nullptr}));
  auto published = TRY(app.index.publish(run, entry->campaign));
  return AnalysedCampaign{entry, model, std::move(run), std::move(published)};
}

void put_tabs(View& view, const App& app, const Request& request, const Campaign& campaign, const std::string& model, std::string_view here) {
  for (const char* page : {"index", "index/years", "index/ranks", "index/answers", "quality", "index/coherence", "index/model"}) {
    const std::string last = std::string(page).substr(std::string(page).rfind('/') + 1);
    View tab;
    tab.set("tab_href", "/staff/campaigns/" + campaign.id + "/" + page + "?model=" + model).set("tab", say(app, request, "staff.analyst.tab." + last));
    tab.set("tab_here", last == here);
    view.add("tabs", std::move(tab));
  }
}

View analyst_view(const App& app, const Request& request, const CampaignEntry& entry, const index::IndexModel& model,
                  const std::string& title, std::string_view here) {
  View view = campaign_view(app, request, entry.campaign, title);
  const std::string address = "/staff/campaigns/" + entry.campaign.id;
  view.set("model", model.identity.id).set("model_title", model.title.in(request.language)).set("is_example", model.example);
  const std::string of = model.unit_of_scale.in(request.language);
  view.set("with_scale_unit", !of.empty()).set("scale_unit", of);
  view.set("index_href", address + "/index").set("no_sample", entry.campaign.sample == SampleKind::none);
  put_tabs(view, app, request, entry.campaign, model.identity.id, here);
  return view;
}

}  // namespace khaosat
