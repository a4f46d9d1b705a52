// Pages of analysts over closed campaigns. Each refuses with campaign_not_closed before closing.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "server/pages/staff_session.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// GET /staff/campaigns/{id}/index/years?model=&with=: this campaign against an earlier one, node by node.
// or ?with=kept:RECORD a result that was kept, or handed in by the POST.
Result<HttpResponse> show_years(const App& app, const Request& request);
Result<HttpResponse> hand_in_year(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/index/ranks?model=: groups and sets of ranks instead of bare ranks.
Result<HttpResponse> show_ranks(const App& app, const Request& request);
// GET /staff/campaigns/{id}/index/coherence?model=: do the parts of the index go together, of units that are published whole.
Result<HttpResponse> show_coherence(const App& app, const Request& request);
// GET /staff/campaigns/{id}/index/answers?model=&unit=: how answers were spread, and missing ones by kind.
Result<HttpResponse> show_answers(const App& app, const Request& request);
// GET /staff/campaigns/{id}/quality?model=: flags by unit, scores with and without flagged forms.
Result<HttpResponse> show_quality(const App& app, const Request& request);
// GET, POST /staff/campaigns/{id}/back-check: visits looked at again, typed in as counts; results are on the page of
// quality.
Result<HttpResponse> show_back_check(const App& app, const Request& request);
Result<HttpResponse> take_back_check(const App& app, const Request& request, const StaffForm& form);
// GET /staff/campaigns/{id}/index/model?model=: the model from its definition.
Result<HttpResponse> show_model(const App& app, const Request& request);

// What the pages share.
// The model asked for, otherwise the first that fits and is no example. campaign_not_closed,
// definition_unknown.
Result<std::shared_ptr<const index::IndexModel>> model_wanted(const App& app, const Request& request, const CampaignEntry& entry);
// A model over a campaign's answers, computed and published, as most of these pages show it.
struct AnalysedCampaign {
  std::shared_ptr<const CampaignEntry> entry;
  std::shared_ptr<const index::IndexModel> model;
  index::IndexRun run;  // internal: shown is only what `published` holds
  disclosure::PublishedRun published;
};
// By model_wanted(). Errors of it, of finding the campaign and of computing.
Result<AnalysedCampaign> analysed_campaign(const App& app, const Request& request);
// The frame with links to the other pages; `here` is the last part of the address.
View analyst_view(const App& app, const Request& request, const CampaignEntry& entry, const index::IndexModel& model,
                  const std::string& title, std::string_view here);
// The links alone, for the overview.
void put_tabs(View& view, const App& app, const Request& request, const Campaign& campaign, const std::string& model, std::string_view here);

}  // namespace khaosat
