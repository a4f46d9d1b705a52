#include "server/pages/microdata/staff_microdata.h"

#include <algorithm>

#include "server/pages/design.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"
#include "server/services/exports/microdata_acts.h"

namespace khaosat {

namespace {

std::string act_href(const MicrodataAct& act) { return "/staff/campaigns/" + act.campaign + "/microdata/" + act.id; }

std::string shown_day(UnixSeconds time) { return shown_date(vietnam_date(time)); }

std::string shown_name(const App& app, const std::string& account) {
  const auto found = app.store.registry().account(account);
  return found && *found ? (*found)->display_name + " (" + account + ")" : account;
}

std::string shown_size(std::uint64_t bytes, const std::string& language) {
  if (bytes < 1000) return std::to_string(bytes) + " B";
  if (bytes < 1'000'000) return decimal_text(static_cast<double>(bytes) / 1000, 1, language) + " kB";
  return decimal_text(static_cast<double>(bytes) / 1e6, 1, language) + " MB";
}

std::string state_text(const App& app, const Request& request, const MicrodataAct& act) {
  return say(app, request, "staff.microdata.state." + std::string(name_of(act.state)));
}

Result<HttpResponse> list_page(const App& app, const Request& request, const CampaignEntry& entry, const FormData& typed,
                               std::vector<FieldWrong> wrong) {
  View view = campaign_view(app, request, entry.campaign, say(app, request, "staff.microdata.title"));
  view.set("microdata_href", "/staff/campaigns/" + entry.campaign.id + "/microdata");
  const bool may = check_may_leave(entry.campaign).has_value();
  view.set("may_leave", may).set("is_citizen", entry.campaign.audience == Audience::citizen);
  bool any = false;
  for (const auto& act : TRY(app.microdata.of_campaign(entry.campaign.id))) {
    View row;
    row.set("act_href", act_href(act)).set("asked_on", shown_day(act.asked)).set("asked_by", shown_name(app, act.asked_by));
    row.set("purpose", act.purpose).set("recipient", act.recipient).set("state", state_text(app, request, act));
    row.set("is_ready", act.state == MicrodataAct::State::ready);
    view.add("acts", std::move(row));
    any = true;
  }
  view.set("any_acts", any);
  std::vector<FieldChoice> traits;
  for (const auto& id : traits_of(*entry.form)) {
    traits.push_back({id, entry.whole().question(id)->text.in(request.language), ""});
  }
  StaffFields fields(app, request, "microdata", typed, std::move(wrong));
  fields.area("purpose", 3).area("recipient", 2);
  if (!traits.empty()) fields.checks("traits", traits);
  fields.put(view);
  return staff_page(app, request, "microdata", view, fields.has_wrong() ? 422 : 200);
}

Result<MicrodataAct> act_of(const App& app, const Request& request) {
  auto act = TRY(app.microdata.find(request.params.at(1)));
  if (act.campaign != request.params.at(0)) return fail(ErrorCode::not_found, "no such request", act.id);
  return act;
}

void put_facts(View& view, const App& app, const Request& request, const CampaignEntry& entry, const MicrodataAct& act) {
  const auto add = [&](const char* key, const std::string& fact) {
    view.add("facts", View().set("term", say(app, request, key)).set("fact", fact));
  };
  add("staff.microdata.purpose", act.purpose);
  add("staff.microdata.recipient", act.recipient);
  std::string traits;
  for (const auto& id : act.traits) {
    const Question* question = entry.whole().question(id);
    traits += (traits.empty() ? "" : "; ") + (question ? question->text.in(request.language) : id);
  }
  add("staff.microdata.traits", traits.empty() ? say(app, request, "staff.microdata.no_traits") : traits);
  add("staff.microdata.asked", shown_day(act.asked) + ", " + shown_name(app, act.asked_by));
  if (!act.decided_by.empty()) {
    add(act.state == MicrodataAct::State::refused ? "staff.microdata.refused" : "staff.microdata.approved",
        shown_day(act.decided) + ", " + shown_name(app, act.decided_by));
  }
  if (!act.reason.empty()) add("staff.microdata.reason", act.reason);
  if (act.state == MicrodataAct::State::waiting || act.state == MicrodataAct::State::ready) {
    add("staff.microdata.until", shown_day(act.until));
  }
}

void put_report(View& view, const App& app, const Request& request, const CampaignEntry& entry, const MicrodataAct& act) {
  view.set("records", static_cast<int>(act.report.records)).set("smallest_group", static_cast<int>(act.report.smallest_group));
  for (const auto& trait : act.report.traits) {
    const Question* question = entry.whole().question(trait.question);
    std::string words = say(app, request, trait.kept ? "staff.microdata.trait_kept" : "staff.microdata.trait_left_out");
    if (trait.kept && trait.width > 0) {
      words += " " + say(app, request, "staff.microdata.trait_bands", {{"width", decimal_text(trait.width, 0, request.language)}});
    }
    if (trait.kept && trait.withheld > 0) {
      words += " " + say(app, request, "staff.microdata.trait_withheld", {{"count", std::to_string(trait.withheld)}});
    }
    view.add("traits", View().set("trait", question ? question->text.in(request.language) : trait.question).set("words", words));
    view.set("any_traits", true);
  }
  const std::string& own = signed_in(request)->account;
  const bool one_of_two = own == act.asked_by || own == act.decided_by;
  for (const auto& file : act.report.files) {
    View row;
    row.set("file_href", act_href(act) + "/files/" + file.name).set("name", file.name).set("may_fetch", one_of_two);
    row.set("size", shown_size(file.bytes, request.language)).set("sha256", file.sha256);
    const std::string ending = file.name.substr(file.name.rfind('.') + 1);
    row.set("what", say(app, request, "staff.microdata.file." + (ending == "SHA256SUMS" ? "sums" : ending)));
    view.add("files", std::move(row));
  }
  view.set("not_one_of_two", !one_of_two);
}

Result<HttpResponse> act_page(const App& app, const Request& request, const CampaignEntry& entry, const MicrodataAct& act,
                              std::vector<FieldWrong> wrong, const FormData& typed) {
  View view = campaign_view(app, request, entry.campaign, say(app, request, "staff.microdata.act_title"));
  view.set("microdata_href", "/staff/campaigns/" + entry.campaign.id + "/microdata").set("act_href", act_href(act));
  view.set("state", state_text(app, request, act)).set("is_ready", act.state == MicrodataAct::State::ready);
  put_facts(view, app, request, entry, act);
  const bool made = act.state == MicrodataAct::State::ready || act.state == MicrodataAct::State::over;
  view.set("made", made).set("any_traits", false);
  if (made) put_report(view, app, request, entry, act);
  const auto& who = *signed_in(request);
  const bool waiting = act.state == MicrodataAct::State::waiting;
  const bool runs = who.role == Role::administrator || who.role == Role::officer;
  view.set("own_waiting", waiting && who.account == act.asked_by);
  view.set("may_decide", waiting && runs && who.account != act.asked_by);
  view.set("may_not_decide", waiting && !runs && who.account != act.asked_by);
  StaffFields fields(app, request, "microdata", typed, std::move(wrong));
  fields.area("reason", 2);
  fields.put(view);
  return staff_page(app, request, "microdata_act", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_microdata(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  return list_page(app, request, *entry, typed_from({}), {});
}

Result<HttpResponse> ask_microdata(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  std::vector<std::string> traits;
  for (const auto trait : form.fields.all("traits")) traits.emplace_back(trait);
  const auto act = app.microdata.ask(entry->campaign.id, form.text("purpose"), form.text("recipient"), traits, signed_in(request)->account);
  if (act) return HttpResponse::redirect(act_href(*act));
  const Error& error = act.error();
  if (error.where != "purpose" && error.where != "recipient") return fail(error);
  return list_page(app, request, *entry, form.fields, {{error.where, say(app, request, "staff.microdata." + error.where + "_wrong")}});
}

Result<HttpResponse> show_microdata_act(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  return act_page(app, request, *entry, TRY(act_of(app, request)), {}, typed_from({}));
}

Result<HttpResponse> approve_microdata(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto act = TRY(act_of(app, request));
  if (form.text("confirm") != "yes") {
    return act_page(app, request, *entry, act, {{"confirm", say(app, request, "staff.confirm.missing")}}, form.fields);
  }
  TRY(app.microdata.approve(act.id, signed_in(request)->account));
  return HttpResponse::redirect(act_href(act));
}

Result<HttpResponse> refuse_microdata(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto act = TRY(act_of(app, request));
  const auto refused = app.microdata.refuse(act.id, form.text("reason"), signed_in(request)->account);
  if (refused) return HttpResponse::redirect(act_href(act));
  if (refused.error().where != "reason") return fail(refused.error());
  return act_page(app, request, *entry, act, {{"reason", say(app, request, "staff.microdata.reason_wrong")}}, form.fields);
}

Result<HttpResponse> fetch_microdata(const App& app, const Request& request) {
  const auto act = TRY(act_of(app, request));
  const std::string& name = request.params.at(2);
  auto fetched = TRY(app.microdata.fetch(act.id, name, signed_in(request)->account));
  return HttpResponse::download(std::move(fetched.file), "application/octet-stream", name, "\"" + fetched.sha256.substr(0, 32) + "\"");
}

}  // namespace khaosat
