// A person's own record, opened with the code on the notice: what is kept about him, what is said, who has
// read it, and a place to reply. Nothing is remembered in the browser; the code travels with every form.
#include <algorithm>

#include "base/text.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/jury/jury_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/personal_data.h"
#include "server/storage/fact_entries.h"

namespace khaosat {

namespace {

constexpr const char* kReader = "(person)";
constexpr std::size_t kMostReadings = 200;

// The foot of the office's pages speaks of surveys, which is no concern of this page.
View own_view(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "own.title"));
  return std::move(view.set("own", true));
}

Result<HttpResponse> door(const App& app, const Request& request, const std::string& sentence, int status) {
  View view = own_view(app, request);
  view.set("sentence", sentence).set("failed", !sentence.empty());
  return staff_page(app, request, "own_door", view, status);
}

// Entries of the register about the person, in words.
Result<std::vector<std::int64_t>> put_entries(View& view, const App& app, const Request& request, const std::string& person) {
  const auto subjects = TRY(app.facts.subjects());
  const auto numbers = TRY(app.personal.entries_about(person));
  for (const auto number : numbers) {
    const RegisterEntry entry = TRY(app.facts.entry(number));
    if (entry.record == "withdrawn") continue;
    const auto* kind = awards::kind_named(app.facts.kinds(), entry.cell("fact"));
    View row;
    row.set("number", static_cast<int>(number)).set("period", shown_period(app, request, entry.cell("period"))).set("any_period", !entry.cell("period").empty());
    row.set("what", kind != nullptr ? kind->title.in(request.language) : say(app, request, "staff.facts.subject"));
    row.set("says", kind != nullptr ? words_of_cells(app, request, kind, entry) : entry.cell("title"));
    row.set("source", source_of_cells(app, request, entry)).set("replaced", entry.superseded_by != 0);
    view.add("entries", std::move(row));
  }
  view.set("any_entry", !numbers.empty());
  return numbers;
}

// Who read any of these entries, newest first.
Result<void> put_readings(View& view, const App& app, const Request& request, const std::vector<std::int64_t>& numbers) {
  std::vector<JournalEntry> found;
  TRY_VOID(app.store.registry().each_journal_entry([&](const JournalEntry& entry) {
    if (entry.action != "facts.read") return;
    const auto read = fact_numbers_in(entry.subject);
    const bool ours = std::any_of(read.begin(), read.end(), [&](const auto number) { return std::binary_search(numbers.begin(), numbers.end(), number); });
    if (ours) found.push_back(entry);
    if (found.size() > kMostReadings) found.erase(found.begin());
  }));
  for (auto entry = found.rbegin(); entry != found.rend(); ++entry) {
    const auto account = TRY(app.store.registry().account(entry->account));
    View row;
    row.set("when", shown_date(vietnam_date(entry->time)));
    row.set("who", entry->account == kReader ? say(app, request, "own.yourself") : account ? account->display_name : say(app, request, "own.program"));
    const std::string key = "own.why_" + entry->detail.substr(0, entry->detail.find(' '));
    row.set("why", app.locales.has_key("vi", key) ? say(app, request, key) : entry->detail);
    view.add("readings", std::move(row));
  }
  view.set("any_reading", !found.empty());
  return {};
}

Result<HttpResponse> record_page(const App& app, const Request& request, const std::string& code, const OwnRecord& own, const std::string& typed,
                                 const std::string& wrong, bool sent) {
  const OpenedCase opened = TRY(app.jury.open_case(own.case_id));
  View view = own_view(app, request);
  view.set("code", code).set("person", name_in(opened, own.notice.person)).set("unit", name_in(opened, opened.jury.unit));
  view.set("directive", opened.rules().title.in(request.language)).set("directive_number", opened.rules().number).set("year", opened.jury.year);
  view.set("notice_number", own.notice.number).set("day", shown_date(own.notice.day)).set("due", shown_date(own.notice.due));
  const auto heard = opened.hearings(vietnam_date(app.clock.now()));
  const auto who = std::find_if(heard.begin(), heard.end(), [&](const auto& one) { return one.person == own.notice.person; });
  view.set("any_negative", false);
  if (who != heard.end()) {
    put_hearing(view, app, request, *who);
    put_negative_words(view, app, request, opened, *who);
  }
  for (const auto& reply : opened.jury.replies) {
    if (reply.notice != own.notice.id) continue;
    view.add("answers", View().set("answered_on", shown_date(reply.day)).set("late", reply.day > own.notice.due).set("answer", reply_text(app, request, reply))
                            .set("channel", say(app, request, reply.by_person ? "staff.jury.by_person" : "staff.jury.by_paper")));
  }
  view.set("may_reply", !opened.jury.ruling).set("typed", typed).set("wrong", wrong).set("failed", !wrong.empty()).set("sent", sent);
  view.set("decided", opened.jury.ruling.has_value());
  if (opened.jury.ruling) {
    view.set("ruling_number", opened.jury.ruling->number).set("ruling_day", shown_date(opened.jury.ruling->day)).set("ruling_by", opened.jury.ruling->decided_by);
    for (const auto& result : opened.jury.ruling->results) {
      if (result.subject != own.notice.person) continue;
      view.add("results", View().set("award_of", award_title(opened, result.award, request.language)).set("awarded", result.awarded).set("refused", !result.awarded).set("grounds", result.grounds));
    }
  }
  const auto numbers = TRY(put_entries(view, app, request, own.notice.person));
  TRY_VOID(app.facts.note_reading(kReader, numbers, "own record"));
  TRY_VOID(put_readings(view, app, request, numbers));
  return staff_page(app, request, "own_record", view, wrong.empty() ? 200 : 422);
}

struct Typed {
  FormData fields;
  std::string code;
};
Result<Typed> typed_with_code(const Request& request) {
  TRY_VOID(check_entrance(request));
  Typed typed{TRY(read_form(request, FormLimits{})), ""};
  typed.code = std::string(trim(typed.fields.one("code").value_or("")));
  return typed;
}

}  // namespace

Result<HttpResponse> show_own_record_door(const App& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  return door(app, request, "", 200);
}

Result<HttpResponse> show_own_record(const App& app, const Request& request) {
  const Typed typed = TRY(typed_with_code(request));
  const auto own = app.jury.read_code(typed.code);
  if (!own) return door(app, request, say(app, request, "own.wrong_code"), 403);
  return record_page(app, request, typed.code, *own, "", "", false);
}

Result<HttpResponse> reply_to_notice(const App& app, const Request& request) {
  const Typed typed = TRY(typed_with_code(request));
  const auto own = app.jury.read_code(typed.code);
  if (!own) return door(app, request, say(app, request, "own.wrong_code"), 403);
  const std::string text(typed.fields.one("text").value_or(""));
  const auto taken = app.jury.reply(own->case_id, own->notice.id, text, "", "");
  if (!taken && http_status_of(taken.error().code) != 422) return fail(taken.error());
  return record_page(app, request, typed.code, *own, taken ? "" : text, taken ? "" : say(app, request, "staff.fault.jury." + taken.error().where), bool(taken));
}

}  // namespace khaosat
