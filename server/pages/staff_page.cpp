#include "server/pages/staff_page.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "server/html/vietnamese_parts.h"
#include "server/pages/staff_session.h"
#include "server/services/campaign_book.h"

namespace khaosat {

namespace {

// THE LIST of entries of the navigation.
constexpr std::array<NavigationEntry, 9> kNavigation = {{
    {"/staff", "staff.nav.overview", Access::signed_in},
    {"/staff/campaigns", "staff.nav.campaigns", Access::administrator | Access::officer | Access::analyst},
    {"/staff/paper", "staff.nav.paper", Access::administrator | Access::officer | Access::clerk},
    {"/staff/scorecards", "staff.nav.scorecards", Access::signed_in},
    {"/staff/facts", "staff.nav.facts", Access::administrator | Access::officer | Access::jury},
    {"/staff/awards", "staff.nav.awards", Access::administrator | Access::officer | Access::jury},
    {"/staff/privacy", "staff.nav.privacy", Access::administrator | Access::officer},
    {"/staff/journal", "staff.nav.journal", Access::administrator},
    {"/staff/accounts", "staff.nav.accounts", Access::administrator},
}};

constexpr std::string_view kCampaignPages = "/staff/campaigns/";

// "row 3, column slips" → {"3", "slips"}.
std::pair<std::string, std::string> row_and_column(const std::string& place) {
  std::pair<std::string, std::string> found;
  if (place.rfind("row ", 0) != 0) return found;
  const auto comma = place.find(", column ");
  found.first = place.substr(4, comma == std::string::npos ? std::string::npos : comma - 4);
  if (comma != std::string::npos) found.second = place.substr(comma + 9);
  return found;
}

}  // namespace

std::vector<NavigationEntry> navigation() { return {kNavigation.begin(), kNavigation.end()}; }

std::string say(const App& app, const Request& request, std::string_view key, const Words& words) {
  return app.locales.text(request.language, key, words);
}

std::string why_refused(const App& app, const Request& request, const Error& error) {
  Words words;
  std::string key;
  for (const auto& [name, value] : error.details) {
    if (name == "why") key = "staff.refused.why." + value;
    words.push_back({name, value});
  }
  if (!key.empty() && app.locales.has_key("vi", key)) return say(app, request, key, words);
  return app.locales.sentence(request.language, error);
}

View staff_view(const App& app, const Request& request, const std::string& title, std::string_view here) {
  View view;
  view.set("language", request.language).set("title", title);
  view.set("style_path", app.assets.address("css/staff.css"));
  const SignedIn* account = signed_in(request);
  view.set("signed_in", account != nullptr);
  if (!account) return view;
  view.set("account", account->display_name).set("csrf", account->csrf);
  view.set("session_script", app.assets.address("js/staff_session.js"));
  // A minute less than the service grants: it writes down once a minute that somebody is there.
  view.set("session_idle", static_cast<int>(kSessionIdleSeconds - 60));
  view.set("session_left", static_cast<int>(std::max<UnixSeconds>(0, account->until - app.clock.now())));
  for (const auto& entry : kNavigation) {
    if (!allows(entry.access, Access::signed_in) && !allows(entry.access, access_of(account->role))) continue;
    View item;
    item.set("href", entry.href).set("label", say(app, request, entry.label)).set("current", here == entry.href);
    view.add("navigation", std::move(item));
  }
  return view;
}

HttpResponse staff_page(const App& app, const Request& request, std::string_view name, const View& view, int status) {
  std::string html = app.templates.render("pages/staff_" + std::string(name), request.language, view);
  if (request.language == "en") html = with_vietnamese_marked(html);
  return HttpResponse::html(std::move(html), status);
}

HttpResponse staff_error_page(const App& app, const Error& error, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.refused.title"));
  const bool must_sign_in = error.code == ErrorCode::sign_in_required;
  view.set("sentence", why_refused(app, request, error));
  view.set("error_name", std::string(name_of(error.code)));
  // Who came from a campaign goes on there.
  const std::string campaign = request.path.starts_with(kCampaignPages) ? request.path.substr(0, request.path.find('/', kCampaignPages.size())) : "";
  const bool below = !campaign.empty() && campaign.size() < request.path.size() && signed_in(request) != nullptr;
  view.set("campaign_href", campaign).set("of_campaign", below && app.book.find(campaign.substr(kCampaignPages.size())).has_value());
  view.set("must_sign_in", must_sign_in).set("may_go_back", !must_sign_in && signed_in(request) != nullptr);
  view.set("was_form", !request.is_safe_method());
  return staff_page(app, request, "refused", view, http_status_of(error.code));
}

HttpResponse resend_page(const App& app, const Error& error, const Request& request, const FormData& fields) {
  View view = staff_view(app, request, say(app, request, "staff.resend.title"));
  view.set("sentence", app.locales.sentence(request.language, error)).set("error_name", std::string(name_of(error.code)));
  view.set("must_sign_in", error.code == ErrorCode::sign_in_required).set("act", request.path);
  for (const auto& [name, value] : fields.fields()) {
    view.add("hidden_fields", View().set("field", name).set("content", value));
  }
  return staff_page(app, request, "resend", view, http_status_of(error.code));
}

std::string sentence_of(const App& app, const Request& request, const Fault& fault, std::string_view subject) {
  const auto [row, column] = row_and_column(fault.place);
  const std::string code(name_of(fault.code));
  const std::string by_column = "staff.fault." + std::string(subject) + "." + column + "." + code;
  const std::string by_subject = "staff.fault." + std::string(subject) + "." + code;
  std::string sentence;
  if (!column.empty() && app.locales.has_key("vi", by_column)) {
    sentence = say(app, request, by_column);
  } else if (app.locales.has_key("vi", by_subject)) {
    sentence = say(app, request, by_subject);
  } else {
    sentence = app.locales.sentence(request.language, {fault.code, "", "", {}});
    if (!fault.message.empty()) sentence += " (" + fault.message + ")";
  }
  if (row.empty()) return sentence;
  const char* place = column.empty() ? "staff.fault.row" : "staff.fault.row_column";
  return say(app, request, place, {{"row", row}, {"column", column}}) + " " + sentence;
}

}  // namespace khaosat
