// One campaign at work: its state, the one next step, participation; slips; opening; closing.
#pragma once

#include "server/pages/staff_session.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// GET /staff/campaigns/{id}
Result<HttpResponse> show_campaign(const App& app, const Request& request);
// GET /staff/campaigns/{id}/open and /close: what will happen, and the button.
Result<HttpResponse> show_opening(const App& app, const Request& request);
Result<HttpResponse> show_closing(const App& app, const Request& request);
// POST /staff/campaigns/{id}/open and /close, confirm = yes.
Result<HttpResponse> open_campaign(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> close_campaign(const App& app, const Request& request, const StaffForm& form);

// The campaign of the path, or not_found.
Result<CampaignEntryPtr> campaign_of(const App& app, const Request& request);
// The frame of a page of that campaign: title, banner of made-up data, address of the campaign.
View campaign_view(const App& app, const Request& request, const Campaign& campaign, const std::string& title);
// A unit's name, or its id when the register no longer has it.
std::string unit_name(const App& app, const std::string& unit_id, const std::string& language);

}  // namespace khaosat
