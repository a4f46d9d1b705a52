#include "server/pages/facts/privacy_pages.h"

#include <algorithm>

#include "base/csv.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/personal_data.h"
#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"

namespace khaosat {

namespace {

constexpr std::size_t kJournalPage = 100;

std::string day_of(UnixSeconds time) { return shown_date(vietnam_date(time)); }

std::string time_of(UnixSeconds time) {
  const std::string utc = utc_timestamp(time + 7 * 3600);
  return shown_date(utc.substr(0, 10)) + " " + utc.substr(11, 5);
}

Result<HttpResponse> privacy_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.privacy.title"), "/staff/privacy");
  const std::string today = vietnam_date(app.clock.now());
  const SignedIn& who = *signed_in(request);
  view.set("may_confirm", who.role == Role::administrator);
  bool any = false;
  for (const auto& one : TRY(app.personal.requests())) {
    View row;
    row.set("reference", one.reference).set("right", say(app, request, "staff.privacy.right_" + one.right)).set("received", shown_date(one.received));
    row.set("due", shown_date(one.due)).set("due_not_sure", !one.due_is_sure).set("request_act", "/staff/privacy/requests/" + one.id);
    const bool open = one.answered.empty();
    row.set("open", open).set("overdue", open && one.due < today).set("late", !open && one.answered > one.due).set("in_time", !open && one.answered <= one.due);
    row.set("waits", open && one.due >= today).set("answered", open ? std::string() : shown_date(one.answered)).set("outcome_said", one.outcome).set("field_id", "outcome-" + one.id);
    view.add("requests", std::move(row));
    any = true;
  }
  view.set("any_request", any);
  std::vector<FieldChoice> rights;
  for (const auto& right : subject_rights()) rights.push_back({right, say(app, request, "staff.privacy.right_" + right), ""});
  StaffFields request_fields(app, request, "privacy", typed, wrong);
  request_fields.select("right", rights).input("reference").input("received", "date").narrow();
  request_fields.put(view, "fields");

  bool any_act = false;
  for (const auto& act : TRY(app.personal.acts())) {
    View row;
    const char* kind = act.kind == ActKind::remove ? "remove" : act.kind == ActKind::whole_file ? "whole_file" : "hand_out";
    const bool is_file = act.kind == ActKind::whole_file;
    const std::string id = act.file.substr(act.file.find('/') + 1);
    row.set("act_kind", say(app, request, std::string("staff.privacy.act_") + kind)).set("is_file", is_file);
    row.set("file_href", (act.file.starts_with("scorecard/") ? "/staff/scorecards/" : "/staff/awards/kept/") + id + "#file");
    row.set("file_title", say(app, request, act.file.starts_with("scorecard/") ? "staff.scorecard.title" : "staff.decision.kept"));
    row.set("entries", is_file ? id.substr(0, 8) : fact_numbers(act.entries).substr(6)).set("act_reason", act.reason).set("asked_by", act.asked_by).set("asked_on", day_of(act.asked_on));
    const bool done = !act.confirmed_by.empty();
    row.set("done", done).set("confirmed_by", act.confirmed_by).set("confirmed_on", done ? day_of(act.confirmed_on) : std::string());
    row.set("can_confirm", !done && who.role == Role::administrator && act.asked_by != who.account).set("own", !done && act.asked_by == who.account);
    row.set("confirm_act", "/staff/privacy/acts/" + act.id).set("waiting", !done);
    view.add("acts", std::move(row));
    any_act = true;
  }
  view.set("any_act", any_act);
  const auto subjects = TRY(app.facts.subjects());
  std::vector<FieldChoice> people = {{"", say(app, request, "staff.fact.choose"), ""}};
  std::vector<std::int64_t> shown;
  for (const auto& entry : TRY(app.facts.entries())) {
    if (entry.record != "subject" || entry.person.empty() || entry.superseded_by != 0 || entry.removed != 0) continue;
    const auto* subject = subject_with(subjects, entry.person);
    people.push_back({entry.person, subject == nullptr ? entry.cell("title") : subject_label(subjects, *subject), ""});
    shown.push_back(entry.number);
  }
  TRY_VOID(app.facts.note_reading(who.account, shown, "list of people"));
  StaffFields act_fields(app, request, "privacy", typed, std::move(wrong));
  act_fields.radios("act", {{"remove", say(app, request, "staff.privacy.act_remove"), ""}, {"hand_out", say(app, request, "staff.privacy.act_hand_out"), ""}});
  act_fields.select("person", people).input("entries").area("act_reason", 3);
  act_fields.put_fields(view, "given_fields");

  for (const auto& row : TRY(app.personal.retention())) {
    if (row.overdue.empty() && row.next_day.empty()) continue;
    View line;
    line.set("kind_title", row.kind->title.in(request.language)).set("years", row.kind->retention_years);
    line.set("overdue_count", static_cast<int>(row.overdue.size())).set("any_overdue", !row.overdue.empty());
    line.set("overdue_entries", row.overdue.empty() ? std::string() : fact_numbers(row.overdue).substr(6));
    line.set("next_day", row.next_day.empty() ? std::string() : shown_date(row.next_day));
    view.add("retention", std::move(line));
  }
  for (const auto& [day, name] : app.catalog.holidays().days()) {
    const std::string next_year = std::to_string(std::stoi(today.substr(0, 4)) + 1);
    if (day.substr(0, 4) == today.substr(0, 4) || day.substr(0, 4) == next_year) view.add("holidays", View().set("day", shown_date(day)).set("name", name.in(request.language)));
  }
  return staff_page(app, request, "privacy", view, request_fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_journal(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.journal.title"), "/staff/journal");
  const auto wanted = request.query.one("action");
  const auto before_text = request.query.one("before");
  const auto before = before_text ? integer_from(*before_text) : std::nullopt;
  std::vector<JournalEntry> entries;
  std::string head;
  std::int64_t count = 0;
  TRY_VOID(app.store.registry().each_journal_entry([&](const JournalEntry& entry) {
    ++count;
    head = entry.chain;
    if (before && entry.number >= *before) return;
    if (wanted && !wanted->empty() && !entry.action.starts_with(*wanted)) return;
    entries.push_back(entry);
    if (entries.size() > kJournalPage + 1) entries.erase(entries.begin());
  }));
  const auto chain = verify_journal(app.store.registry());
  const auto facts = verify_facts(app.store.registry());
  view.set("sound", bool(chain) && bool(facts)).set("count", static_cast<int>(count)).set("head", head);
  view.set("trouble", !chain ? chain.error().message : !facts ? facts.error().message : std::string());
  view.set("action", wanted ? std::string(*wanted) : std::string());
  const bool more = entries.size() > kJournalPage;
  if (more) entries.erase(entries.begin());
  view.set("more", more).set("any", !entries.empty());
  if (more) view.set("older_href", "/staff/journal?" + to_urlencoded(FormData({{"action", wanted ? std::string(*wanted) : ""}, {"before", std::to_string(entries.front().number)}})));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    const std::string key = "staff.journal.act_" + entry->action;
    View row;
    row.set("number", static_cast<int>(entry->number)).set("when", time_of(entry->time)).set("who", entry->account).set("subject", entry->subject);
    row.set("what", app.locales.has_key("vi", key) ? say(app, request, key) : entry->action).set("detail", entry->detail);
    view.add("entries", std::move(row));
  }
  TRY_VOID(app.store.registry().append_journal({0, app.clock.now(), signed_in(request)->account, "journal.read", "", "", ""}));
  return staff_page(app, request, "journal", view);
}

Result<HttpResponse> show_privacy(const App& app, const Request& request) {
  return privacy_page(app, request, typed_from({{"received", vietnam_date(app.clock.now())}, {"right", "see"}}), {});
}

Result<HttpResponse> receive_request(const App& app, const Request& request, const StaffForm& form) {
  const auto taken = app.personal.receive(form.text("right"), form.text("reference"), form.text("received"), signed_in(request)->account);
  if (taken) return HttpResponse::redirect("/staff/privacy");
  if (http_status_of(taken.error().code) != 422) return fail(taken.error());
  return privacy_page(app, request, form.fields, wrong_fields(app, request, {{"form", "column " + taken.error().where, taken.error().code, ""}}));
}

Result<HttpResponse> answer_request(const App& app, const Request& request, const StaffForm& form) {
  TRY_VOID(app.personal.answer(request.params.at(0), form.text("outcome"), signed_in(request)->account));
  return HttpResponse::redirect("/staff/privacy");
}

Result<HttpResponse> ask_act(const App& app, const Request& request, const StaffForm& form) {
  std::vector<std::int64_t> entries = fact_numbers_in("facts/" + form.text("entries"));
  if (!form.text("person").empty()) {
    const auto about = TRY(app.personal.entries_about(form.text("person")));
    entries.insert(entries.end(), about.begin(), about.end());
  }
  std::sort(entries.begin(), entries.end());
  entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
  const std::string kind = form.text("act");
  std::vector<FieldWrong> wrong;
  if (kind != "remove" && kind != "hand_out") wrong.push_back({"act", say(app, request, "staff.fault.choice")});
  if (entries.empty()) wrong.push_back({"person", say(app, request, "staff.privacy.nobody")});
  if (form.text("act_reason").empty()) wrong.push_back({"act_reason", say(app, request, "staff.fault.facts.reason.missing_field")});
  if (!wrong.empty()) return privacy_page(app, request, form.fields, std::move(wrong));
  TRY(app.personal.ask(kind == "remove" ? ActKind::remove : ActKind::hand_out, std::move(entries), form.text("act_reason"), signed_in(request)->account));
  return HttpResponse::redirect("/staff/privacy");
}

Result<void> put_file_leave(View& view, const App& app, const Request& request, const std::string& file, const std::string& digest, const std::string& action) {
  const SignedIn& who = *signed_in(request);
  const auto leave = TRY(app.personal.file_leave(file, digest));
  const bool ready = leave.state == FileLeave::State::ready;
  const bool mine = ready && (who.account == leave.act.asked_by || who.account == leave.act.confirmed_by);
  view.set("leave_action", action).set("leave_none", leave.state == FileLeave::State::none).set("leave_waiting", leave.state == FileLeave::State::waiting);
  view.set("leave_ready", ready).set("leave_mine", mine).set("leave_may_ask", who.role == Role::administrator || who.role == Role::officer);
  view.set("leave_asked_by", leave.act.asked_by).set("leave_asked_on", ready || !leave.act.id.empty() ? day_of(leave.act.asked_on) : std::string()).set("leave_reason", leave.act.reason);
  view.set("leave_confirmed_by", leave.act.confirmed_by).set("leave_until", ready ? day_of(leave.until) : std::string());
  return {};
}

Result<HttpResponse> confirm_act(const App& app, const Request& request, const StaffForm&) {
  const std::string id = request.params.at(0);
  std::string out = TRY(app.personal.confirm(id, signed_in(request)->account));
  if (out.empty()) return HttpResponse::redirect("/staff/privacy");
  return HttpResponse::bytes(std::move(out), "application/json", "du-lieu-ca-nhan-" + id.substr(0, 8) + ".json");
}

}  // namespace khaosat
