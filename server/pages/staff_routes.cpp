#include "server/pages/staff_routes.h"

#include "server/pages/facts/facts_pages.h"
#include "server/pages/facts/privacy_pages.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/field/staff_field.h"
#include "server/pages/kiosk/kiosk_frame.h"
#include "server/pages/kiosk/staff_kiosks.h"
#include "server/pages/microdata/staff_microdata.h"
#include "server/pages/paper/staff_paper.h"
#include "server/pages/paper/staff_paper_entry.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/population/population_pages.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/site_map/site_map.h"
#include "server/pages/staff_accounts.h"
#include "server/pages/staff_awards.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_campaign_form.h"
#include "server/pages/staff_entry.h"
#include "server/pages/staff_index.h"
#include "server/pages/staff_overview.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_session.h"
#include "server/pages/staff_slips.h"
#include "server/pages/versions/staff_version.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/kiosk/kiosk_service.h"

namespace khaosat {

namespace {

constexpr Access kEverybody = Access::signed_in;
constexpr Access kAccounts = Access::administrator;
constexpr Access kCampaigns = Access::administrator | Access::officer;
constexpr Access kWatch = kCampaigns | Access::analyst;

constexpr Access kResults = kWatch;
constexpr Access kPaperEntry = kCampaigns | Access::clerk;
constexpr Access kAwards = kCampaigns | Access::jury;

constexpr std::size_t kSmall = 64u << 10;
constexpr std::size_t kUpload = kLargestEvidence + (256u << 10);
constexpr std::size_t kTable = kLongestTable + (64u << 10);

using Page = Result<HttpResponse> (*)(const App&, const Request&);
using Act = Result<HttpResponse> (*)(const App&, const Request&, const StaffForm&);

}  // namespace

std::vector<Route> staff_routes(const App& app) {
  std::vector<Route> routes;
  const auto get = [&](const char* pattern, Access access, const char* name, Page page) {
    routes.push_back(staff_get(pattern, access, name, [&app, page](const Request& request) { return page(app, request); }));
  };
  const auto post = [&](const char* pattern, Access access, std::size_t limit, const char* name, Act act) {
    routes.push_back(staff_post(app, pattern, access, limit, name,
                                [&app, act](const Request& request, const StaffForm& form) { return act(app, request, form); }));
  };
  // The way in: nobody has an account yet, so these look after themselves (check_entrance).
  const auto entrance = [&](const char* method, const char* pattern, const char* name, Page page) {
    const std::size_t limit = std::string_view(method) == "POST" ? kSmall : 0;
    routes.push_back({method, pattern, Access::everyone, limit,
                      [&app, page](const Request& request) { return page(app, request); }, name});
  };

  entrance("GET", "/setup", "setup", show_setup);
  entrance("POST", "/setup", "setup", do_setup);
  entrance("GET", "/staff/sign-in", "sign_in", show_sign_in);
  entrance("POST", "/staff/sign-in", "sign_in", do_sign_in);
  post("/staff/sign-out", kEverybody, kSmall, "sign_out",
       [](const App& the_app, const Request& request, const StaffForm&) { return do_sign_out(the_app, request); });

  get("/staff/session", kEverybody, "session", show_session);

  get("/staff", kEverybody, "staff_overview", show_overview);
  get("/staff/pages", kEverybody, "site_map", show_site_map);
  get("/staff/accounts", kAccounts, "accounts", show_accounts);
  post("/staff/accounts", kAccounts, kSmall, "accounts", create_account);
  post("/staff/accounts/([a-z0-9._-]{2,32})/active", kAccounts, kSmall, "account_active", switch_account);

  get("/staff/campaigns", kWatch, "campaigns", show_campaigns);
  get("/staff/campaigns/new", kCampaigns, "campaign_new", show_new_campaign);
  post("/staff/campaigns", kCampaigns, kTable, "campaign_new", create_campaign);
  get("/staff/campaigns/([a-z0-9]{10,32})", kWatch, "campaign", show_campaign);
  post("/staff/campaigns/([a-z0-9]{10,32})/slips", kCampaigns, kSmall, "campaign_slips", make_slips);
  get("/staff/campaigns/([a-z0-9]{10,32})/open", kCampaigns, "campaign_open", show_opening);
  post("/staff/campaigns/([a-z0-9]{10,32})/open", kCampaigns, kSmall, "campaign_open", open_campaign);
  get("/staff/campaigns/([a-z0-9]{10,32})/version", kCampaigns, "campaign_version", show_newer_version);
  post("/staff/campaigns/([a-z0-9]{10,32})/version", kCampaigns, kSmall, "campaign_version", publish_newer_version);
  get("/staff/campaigns/([a-z0-9]{10,32})/population", kWatch, "population", show_population);
  post("/staff/campaigns/([a-z0-9]{10,32})/population", kCampaigns, kTable, "population", take_population);
  get("/staff/campaigns/([a-z0-9]{10,32})/population/table", kWatch, "population_table", download_population);
  get("/staff/campaigns/([a-z0-9]{10,32})/close", kCampaigns, "campaign_close", show_closing);
  post("/staff/campaigns/([a-z0-9]{10,32})/close", kCampaigns, kSmall, "campaign_close", close_campaign);

  get("/staff/campaigns/([a-z0-9]{10,32})/kiosks", kCampaigns, "kiosks", show_kiosks);
  post("/staff/campaigns/([a-z0-9]{10,32})/kiosks", kCampaigns, kSmall, "kiosk_invite", invite_kiosk);
  post("/staff/campaigns/([a-z0-9]{10,32})/kiosks/([0-9a-f]{20})/revoke", kCampaigns, kSmall, "kiosk_revoke", revoke_kiosk);
  get("/staff/campaigns/([a-z0-9]{10,32})/field", kCampaigns, "field_devices", show_field_devices);
  post("/staff/campaigns/([a-z0-9]{10,32})/field", kCampaigns, kTable, "field_invite", invite_field_device);
  post("/staff/campaigns/([a-z0-9]{10,32})/field/([0-9a-f]{20})/revoke", kCampaigns, kSmall, "field_revoke", revoke_field_device);
  post("/staff/campaigns/([a-z0-9]{10,32})/field/rescue", kCampaigns, kUpload, "field_rescue", take_rescued_file);
  get("/staff/paper", kPaperEntry, "paper_overview", show_paper_overview);
  get("/staff/paper/([a-z0-9_]{1,64})/([0-9]{1,4})", kCampaigns, "paper_specimen", print_specimen);
  get("/staff/campaigns/([a-z0-9]{10,32})/paper", kCampaigns, "paper", show_paper);
  post("/staff/campaigns/([a-z0-9]{10,32})/paper/batches", kCampaigns, kSmall, "paper_hand_out", hand_out_paper);
  get("/staff/campaigns/([a-z0-9]{10,32})/paper/batches/([0-9]{1,6})", kCampaigns, "paper_print", print_batch);
  get("/staff/campaigns/([a-z0-9]{10,32})/paper/batches/([0-9]{1,6})/list", kCampaigns, "paper_list", show_handing_out);
  post("/staff/campaigns/([a-z0-9]{10,32})/paper/share", kCampaigns, kSmall, "paper_share", set_paper_share);
  post("/staff/campaigns/([a-z0-9]{10,32})/paper/account", kCampaigns, kSmall, "paper_account", account_for_paper);
  get("/staff/campaigns/([a-z0-9]{10,32})/paper/entry", kPaperEntry, "paper_entry", show_paper_entry);
  post("/staff/campaigns/([a-z0-9]{10,32})/paper/entry", kPaperEntry, kTable, "paper_entry", take_paper_entry);
  get("/staff/campaigns/([a-z0-9]{10,32})/paper/cases/([0-9]{1,7})", kCampaigns, "paper_case", show_paper_case);
  post("/staff/campaigns/([a-z0-9]{10,32})/paper/cases/([0-9]{1,7})", kCampaigns, kSmall, "paper_case", settle_paper_case);

  get("/staff/campaigns/([a-z0-9]{10,32})/index", kResults, "index", show_index);
  post("/staff/campaigns/([a-z0-9]{10,32})/index", kResults, kSmall, "index_keep", keep_index);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/unit", kResults, "index_unit", show_index_of_unit);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/(json|csv|xlsx)", kResults, "index_file", download_index);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/years", kResults, "index_years", show_years);
  post("/staff/campaigns/([a-z0-9]{10,32})/index/years", kCampaigns, kUpload, "index_years", hand_in_year);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/ranks", kResults, "index_ranks", show_ranks);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/coherence", kResults, "index_coherence", show_coherence);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/answers", kResults, "index_answers", show_answers);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/model", kResults, "index_model", show_model);
  get("/staff/campaigns/([a-z0-9]{10,32})/quality", kResults, "quality", show_quality);
  get("/staff/campaigns/([a-z0-9]{10,32})/back-check", kCampaigns, "back_check", show_back_check);
  post("/staff/campaigns/([a-z0-9]{10,32})/back-check", kCampaigns, kTable, "back_check", take_back_check);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/kept/([0-9a-f]{20})", kResults, "index_kept", download_kept_index);
  post("/staff/campaigns/([a-z0-9]{10,32})/index/kept/([0-9a-f]{20})/facts", kCampaigns, kSmall, "index_facts", give_kept_index);
  get("/staff/campaigns/([a-z0-9]{10,32})/index/kept/([0-9a-f]{20})/(json|csv|xlsx)", kResults, "index_kept_file", download_kept_index);

  get("/staff/campaigns/([a-z0-9]{10,32})/microdata", kWatch, "microdata", show_microdata);
  post("/staff/campaigns/([a-z0-9]{10,32})/microdata", kWatch, kSmall, "microdata_ask", ask_microdata);
  get("/staff/campaigns/([a-z0-9]{10,32})/microdata/([0-9a-f]{20})", kWatch, "microdata_act", show_microdata_act);
  post("/staff/campaigns/([a-z0-9]{10,32})/microdata/([0-9a-f]{20})/approve", kCampaigns, kSmall, "microdata_approve", approve_microdata);
  post("/staff/campaigns/([a-z0-9]{10,32})/microdata/([0-9a-f]{20})/refuse", kCampaigns, kSmall, "microdata_refuse", refuse_microdata);
  get("/staff/campaigns/([a-z0-9]{10,32})/microdata/([0-9a-f]{20})/files/([A-Za-z0-9.]{1,32})", kWatch, "microdata_file", fetch_microdata);

  get("/staff/facts", kAwards, "facts", show_facts);
  get("/staff/facts/kind/([a-z0-9_]{1,64})", kAwards, "facts_kind", show_fact_kind);
  get("/staff/facts/entry/([0-9]{1,12})", kAwards, "facts_entry", show_fact_entry);
  get("/staff/facts/new/([a-z0-9_]{1,64})", kCampaigns, "facts_form", show_fact_form);
  post("/staff/facts/new/([a-z0-9_]{1,64})", kCampaigns, kUpload, "facts_form", add_fact);
  get("/staff/facts/entry/([0-9]{1,12})/correct", kCampaigns, "facts_correct", show_correction);
  post("/staff/facts/entry/([0-9]{1,12})/correct", kCampaigns, kUpload, "facts_correct", correct_fact);
  get("/staff/facts/import", kCampaigns, "facts_import", show_fact_import);
  post("/staff/facts/import", kCampaigns, kTable, "facts_import", import_facts);
  get("/staff/facts/complete", kCampaigns, "facts_complete", show_completion);
  post("/staff/facts/complete", kCampaigns, kSmall, "facts_complete", declare_complete);
  get("/staff/facts/subjects", kAwards, "facts_subjects", show_subjects);
  post("/staff/facts/subjects", kCampaigns, kSmall, "facts_subjects", add_subject);
  get("/staff/facts/units", kAwards, "facts_units", show_units);
  get("/staff/facts/evidence/([0-9a-f]{64})", kAwards, "facts_evidence", download_evidence);

  // Whoever acts for a body of the year, whatever the role; the pages look who it is.
  get("/staff/scorecards", kEverybody, "scorecards", show_scorecards);
  get("/staff/scorecards/new", kCampaigns, "scorecard_new", show_new_scorecard);
  post("/staff/scorecards", kCampaigns, kTable, "scorecard_new", open_scorecard);
  get("/staff/scorecards/import", kCampaigns, "scorecard_import", show_scorecard_import);
  post("/staff/scorecards/import", kCampaigns, kUpload, "scorecard_import", import_scorecard);
  get("/staff/scorecards/blank/([a-z0-9_]{1,64})", kCampaigns, "scorecard_blank", download_blank_scorecard);
  get("/staff/scorecards/([0-9a-f]{20})/file/(xlsx|csv/[a-z]{1,20})", kCampaigns, "scorecard_file", download_scorecard);
  get("/staff/scorecards/([0-9a-f]{20})/points/(xlsx|csv)", kCampaigns, "scorecard_points", download_points);
  post("/staff/scorecards/([0-9a-f]{20})/file", kCampaigns, kSmall, "scorecard_file_ask", ask_scorecard_file);
  get("/staff/scorecards/([0-9a-f]{20})", kEverybody, "scorecard", show_scorecard);
  get("/staff/scorecards/([0-9a-f]{20})/plan", kCampaigns, "scorecard_plan", show_scorecard_plan);
  post("/staff/scorecards/([0-9a-f]{20})/plan", kCampaigns, kTable, "scorecard_plan", change_scorecard_plan);
  get("/staff/scorecards/([0-9a-f]{20})/items/([a-z0-9_]{1,64})", kEverybody, "scorecard_item", show_scorecard_item);
  post("/staff/scorecards/([0-9a-f]{20})/items/([a-z0-9_]{1,64})", kEverybody, kUpload, "scorecard_item", act_on_scorecard_item);
  get("/staff/scorecards/([0-9a-f]{20})/close", kCampaigns, "scorecard_close", show_scorecard_closing);
  post("/staff/scorecards/([0-9a-f]{20})/close", kCampaigns, kSmall, "scorecard_close", close_scorecard);
  get("/staff/scorecards/([0-9a-f]{20})/facts", kCampaigns, "scorecard_facts", show_scorecard_facts);
  post("/staff/scorecards/([0-9a-f]{20})/facts", kCampaigns, kSmall, "scorecard_facts", give_scorecard_facts);
  get("/staff/scorecards/([0-9a-f]{20})/evidence/([0-9a-f]{64})", kEverybody, "scorecard_evidence", download_scorecard_evidence);

  get("/staff/privacy", kCampaigns, "privacy", show_privacy);
  post("/staff/privacy/requests", kCampaigns, kSmall, "privacy_request", receive_request);
  post("/staff/privacy/requests/([0-9a-f]{20})", kCampaigns, kSmall, "privacy_answer", answer_request);
  post("/staff/privacy/acts", kCampaigns, kSmall, "privacy_act", ask_act);
  post("/staff/privacy/acts/([0-9a-f]{20})", kAccounts, kSmall, "privacy_confirm", confirm_act);
  get("/staff/journal", kAccounts, "journal", show_journal);

  get("/staff/awards", kAwards, "awards", show_awards);
  get("/staff/awards/rules/([a-z0-9_]{1,64})", kAwards, "award_form", show_award_form);
  post("/staff/awards/rules/([a-z0-9_]{1,64})", kAwards, kTable, "award_evaluate", evaluate_awards);
  get("/staff/awards/kept/([0-9a-f]{20})", kAwards, "award_kept", show_kept_decision);
  get("/staff/awards/kept/([0-9a-f]{20})/now", kAwards, "award_now", show_decision_now);
  get("/staff/awards/kept/([0-9a-f]{20})/json", kAwards, "award_kept_file", download_kept_decision);
  post("/staff/awards/kept/([0-9a-f]{20})/file", kCampaigns, kSmall, "award_kept_ask", ask_decision_file);
  get("/staff/awards/missing", kAwards, "award_missing", show_missing);

  get("/staff/jury", kAwards, "juries", show_juries);
  get("/staff/jury/([0-9a-f]{20})", kAwards, "jury", show_jury);
  get("/staff/jury/([0-9a-f]{20})/begin", kCampaigns, "jury_begin", show_jury_terms);
  post("/staff/jury/([0-9a-f]{20})/begin", kCampaigns, kSmall, "jury_begin", begin_jury);
  get("/staff/jury/([0-9a-f]{20})/candidate", kAwards, "jury_cell", show_jury_cell);
  post("/staff/jury/([0-9a-f]{20})/notices", kCampaigns, kSmall, "jury_notice", give_notice);
  get("/staff/jury/([0-9a-f]{20})/notices/([0-9a-f]{20})", kAwards, "jury_notice", show_notice);
  get("/staff/jury/([0-9a-f]{20})/notices/([0-9a-f]{20})/paper", kAwards, "jury_notice_paper", print_notice);
  get("/staff/jury/([0-9a-f]{20})/notices/([0-9a-f]{20})/paper/docx", kAwards, "jury_notice_file", download_notice);
  post("/staff/jury/([0-9a-f]{20})/notices/([0-9a-f]{20})/code", kCampaigns, kSmall, "jury_code", renew_code);
  post("/staff/jury/([0-9a-f]{20})/notices/([0-9a-f]{20})/reply", kCampaigns, kSmall, "jury_reply", take_reply);
  post("/staff/jury/([0-9a-f]{20})/votes", kAwards, kSmall, "jury_vote", take_votes);
  post("/staff/jury/([0-9a-f]{20})/conflicts", kAwards, kSmall, "jury_conflict", take_conflict);
  post("/staff/jury/([0-9a-f]{20})/close", kCampaigns, kSmall, "jury_close", close_votes);
  get("/staff/jury/([0-9a-f]{20})/ruling", kCampaigns, "jury_ruling", show_ruling_form);
  post("/staff/jury/([0-9a-f]{20})/ruling", kCampaigns, kSmall, "jury_ruling", take_ruling);

  get("/staff/jury/([0-9a-f]{20})/papers/([a-z_]{1,32})", kAwards, "jury_paper", show_jury_paper);
  get("/staff/jury/([0-9a-f]{20})/papers/([a-z_]{1,32})/docx", kAwards, "jury_paper_file", download_jury_paper);
  get("/staff/letterhead", kAwards, "letterhead", show_letterhead);
  post("/staff/letterhead", kCampaigns, kSmall, "letterhead", change_letterhead);
  get("/staff/jury/([0-9a-f]{20})/remedy", kAwards, "jury_remedy", show_remedy_plan);
  post("/staff/jury/([0-9a-f]{20})/remedy", kCampaigns, kSmall, "jury_remedy", add_remedy);
  post("/staff/jury/([0-9a-f]{20})/remedy/([0-9a-f]{20})", kCampaigns, kSmall, "jury_remedy_report", report_remedy);

  // The person concerned has no account, only the code on a notice.
  entrance("GET", "/own-record", "own_record", show_own_record_door);
  entrance("POST", "/own-record", "own_record", show_own_record);
  entrance("POST", "/own-record/reply", "own_record_reply", reply_to_notice);

  // Refusals look like the office's other pages.
  for (auto& route : routes) {
    route.handler = [&app, handler = std::move(route.handler)](const Request& request) -> Result<HttpResponse> {
      // A tablet for everybody is no place to work from.
      const auto kiosk = request.cookie(kKioskCookie);
      if (kiosk && app.kiosks.find(*kiosk)) {
        return staff_error_page(app, {ErrorCode::kiosk_not_for_staff, "this device is a kiosk", "", {}}, request);
      }
      auto response = handler(request);
      if (response) return response;
      return staff_error_page(app, response.error(), request);
    };
  }
  return routes;
}

}  // namespace khaosat
