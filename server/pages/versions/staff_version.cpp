#include "server/pages/versions/staff_version.h"

#include <algorithm>
#include <cstdlib>

#include "server/catalog/catalog.h"
#include "server/pages/published_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_service.h"

namespace khaosat {

namespace {

struct Typed {
  VersionRequest request;
  std::string wrong_field;  // empty: nothing was sent, or nothing is wrong
  std::string sentence;
};

int number_of(std::string_view typed) { return std::atoi(std::string(typed.substr(0, 9)).c_str()); }

std::string question_words(const CampaignEntry& entry, const Questionnaire& next, const std::string& id, const std::string& language) {
  const Question* question = next.question(id);
  if (!question) question = entry.whole().question(id);
  return question ? question->text.in(language) : id;
}

bool is_about_words(VersionPoint point) { return point == VersionPoint::wording || point == VersionPoint::front_wording; }

void put_finding(View& view, const App& app, const Request& request, const CampaignEntry& entry, const Questionnaire& next,
                 const VersionFinding& finding) {
  View row;
  row.set("sentence", say(app, request, "staff.version." + std::string(name_of(finding.point)), {{"detail", finding.detail}}));
  row.set("question", finding.question).set("has_question", !finding.question.empty());
  if (!finding.question.empty()) row.set("words", question_words(entry, next, finding.question, request.language));
  if (is_about_words(finding.point)) {
    row.set("was", finding.was.in(request.language)).set("is", finding.is.in(request.language)).set("has_words", !finding.was.empty() || !finding.is.empty());
  } else if (finding.point == VersionPoint::option_new) {
    row.set("is", finding.is.in(request.language)).set("has_option", true);
  }
  view.add(is_refusal(finding.point) ? "refusals" : "changes", std::move(row));
}

// A box to tick for each question whose words changed: no program can tell whether the meaning stays.
void put_statements(View& view, const CampaignEntry& entry, const Request& request, const App& app, const Questionnaire& next,
                    const VersionCheck& check, const std::set<std::string>& stated) {
  std::set<std::string> seen;
  for (const auto& finding : check.findings) {
    if (!is_about_words(finding.point)) continue;
    const std::string id = finding.question.empty() ? std::string(kFrontWords) : finding.question;
    if (!seen.insert(id).second) continue;
    View row;
    row.set("id", id).set("ticked", stated.contains(id));
    row.set("words", finding.question.empty() ? say(app, request, "staff.version.front") : question_words(entry, next, id, request.language));
    view.add("statements", std::move(row));
  }
  view.set("any_statement", !seen.empty());
}

Result<HttpResponse> version_page(const App& app, const Request& request, const Typed& typed) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.version.title"));
  view.set("act", request.path).set("now", campaign.questionnaire.label());
  const auto newer = TRY(app.campaigns.newer_versions(campaign.id));
  view.set("any_newer", !newer.empty());
  if (newer.empty()) return staff_page(app, request, "version", view);
  VersionRequest wanted = typed.request;
  if (std::find(newer.begin(), newer.end(), wanted.version) == newer.end()) wanted.version = newer.back();
  for (const int version : newer) {
    View row;
    row.set("number", version).set("chosen", version == wanted.version);
    view.add("versions", std::move(row));
  }
  view.set("several", newer.size() > 1).set("to", wanted.version);
  const auto next = app.catalog.questionnaire(campaign.questionnaire.id, wanted.version);
  if (!next) return fail(ErrorCode::definition_unknown, "the version has gone");
  view.set("to_label", next->identity.label()).set("reason", wanted.reason);
  // Before anything is sent the statements are still to come, so their lack is no refusal yet.
  const auto check = TRY(app.campaigns.check_version(campaign.id, wanted));
  bool refused = false;
  bool changed = false;
  for (const auto& finding : check.findings) {
    if (finding.point == VersionPoint::wording_unstated) continue;
    put_finding(view, app, request, *entry, *next, finding);
    (is_refusal(finding.point) ? refused : changed) = true;
  }
  view.set("refused", refused).set("changed", changed).set("nothing", !changed && !refused);
  put_statements(view, *entry, request, app, *next, check, wanted.same_meaning);
  if (!typed.sentence.empty()) {
    view.set("failed", true).set("wrong_" + typed.wrong_field, typed.sentence);
    view.add("errors", View().set("href", "#" + typed.wrong_field).set("sentence", typed.sentence));
  }
  return staff_page(app, request, "version", view, typed.sentence.empty() ? 200 : 422);
}

}  // namespace

Result<HttpResponse> show_newer_version(const App& app, const Request& request) {
  Typed typed;
  typed.request.version = number_of(request.query.one("to").value_or(""));
  return version_page(app, request, typed);
}

Result<HttpResponse> publish_newer_version(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  Typed typed;
  typed.request.version = number_of(form.text("to"));
  typed.request.reason = form.text("reason");
  for (const auto id : form.fields.all("same")) typed.request.same_meaning.emplace(id);
  const auto again = [&](const char* field, const std::string& sentence) {
    typed.wrong_field = field;
    typed.sentence = sentence;
    return version_page(app, request, typed);
  };
  const auto check = TRY(app.campaigns.check_version(entry->campaign.id, typed.request));
  const auto refusals = check.refusals();
  const auto unstated = std::all_of(refusals.begin(), refusals.end(), [](const auto& one) { return one.point == VersionPoint::wording_unstated; });
  if (!refusals.empty()) return unstated ? again("same", say(app, request, "staff.version.same_missing")) : again("refusals", say(app, request, "staff.version.refused"));
  if (form.text("confirm") != "yes") return again("confirm", say(app, request, "staff.confirm.missing"));
  const auto published = app.campaigns.publish_version(entry->campaign.id, typed.request, signed_in(request)->account);
  if (!published) {
    const ErrorCode code = published.error().code;
    if (published.error().where != "reason") return fail(published.error());
    return again("reason", code == ErrorCode::missing_field ? say(app, request, "staff.version.reason_missing") : app.locales.sentence(request.language, published.error()));
  }
  // Rendered now, so that the next citizen does not wait for it.
  if (const auto renewed = app.book.find(entry->campaign.id)) app.published.publish(*renewed);
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id);
}

}  // namespace khaosat
