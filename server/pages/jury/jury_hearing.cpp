// Telling a person what is said about him, and taking the reply.
#include <algorithm>

#include "server/exports/docx_file.h"
#include "server/pages/design.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/jury/jury_papers.h"
#include "server/pages/jury/jury_words.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

bool may_write(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

Result<const JuryNotice*> notice_of(const OpenedCase& opened, const std::string& id) {
  const auto& notices = opened.jury.notices;
  const auto notice = std::find_if(notices.begin(), notices.end(), [&](const auto& one) { return one.id == id; });
  if (notice == notices.end()) return fail(ErrorCode::not_found, "no such notice", id);
  return &*notice;
}

Result<HttpResponse> notice_page(const App& app, const Request& request, const OpenedCase& opened, const std::string& notice_id, const FormData& typed,
                                 std::vector<FieldWrong> wrong) {
  const JuryNotice* notice = TRY(notice_of(opened, notice_id));
  const auto heard = opened.hearings(vietnam_date(app.clock.now()));
  const auto who = std::find_if(heard.begin(), heard.end(), [&](const auto& one) { return one.person == notice->person; });
  View view = staff_view(app, request, say(app, request, "staff.jury.notice_title"), "/staff/awards");
  view.set("here", jury_address(opened.jury.id)).set("act", jury_address(opened.jury.id) + "/notices/" + notice_id);
  view.set("person", name_in(opened, notice->person)).set("number", notice->number).set("any_number", !notice->number.empty());
  view.set("day", shown_date(notice->day)).set("due", shown_date(notice->due)).set("due_not_sure", !notice->due_is_sure);
  view.set("unit", name_in(opened, opened.jury.unit)).set("directive", opened.rules().title.in(request.language));
  view.set("directive_number", opened.rules().number).set("year", opened.jury.year).set("days", opened.jury.terms.reply_days);
  view.set("paper_href", jury_address(opened.jury.id) + "/notices/" + notice_id + "/paper").set("may_write", may_write(request)).set("may_reply", may_write(request) && !opened.jury.ruling);
  if (who != heard.end()) {
    put_hearing(view, app, request, *who);
    put_negative_words(view, app, request, opened, *who);
  }
  std::vector<std::int64_t> read;
  for (const auto& reply : opened.jury.replies) {
    if (reply.notice != notice_id) continue;
    read.push_back(reply.entry);
    view.add("answers", View().set("answered_on", shown_date(reply.day)).set("late", reply.day > notice->due).set("answer", reply_text(app, request, reply))
                            .set("channel", say(app, request, reply.by_person ? "staff.jury.by_person" : "staff.jury.by_paper")));
  }
  view.set("any_answer", !read.empty());
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, read, "replies"));
  StaffFields fields(app, request, "jury_reply", typed, std::move(wrong));
  fields.area("text", 6).input("day", "date").narrow();
  fields.put(view, "fields");
  return staff_page(app, request, "jury_notice", view, fields.has_wrong() ? 422 : 200);
}

// With its code, which is known now and never again.
Result<HttpResponse> notice_to_print(const App& app, const Request& request, const OpenedCase& opened, const std::string& notice_id, const std::string& code) {
  const JuryNotice* notice = TRY(notice_of(opened, notice_id));
  const auto paper = TRY(notice_paper(app, request, opened, *notice, code));
  const std::string back = jury_address(opened.jury.id) + "/notices/" + notice_id;
  return paper_page(app, request, paper, {back, back, code.empty() ? back + "/paper/docx" : "", code.empty() ? "" : say(app, request, "staff.jury.code_once"), false});
}

FormData blank(const App& app) { return typed_from({{"day", vietnam_date(app.clock.now())}}); }

}  // namespace

Result<HttpResponse> give_notice(const App& app, const Request& request, const StaffForm& form) {
  const auto given = TRY(app.jury.give_notice(request.params.at(0), form.text("person"), form.text("number"), signed_in(request)->account));
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  return notice_to_print(app, request, opened, given.notice.id, given.code);
}

Result<HttpResponse> show_notice(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  return notice_page(app, request, opened, request.params.at(1), blank(app), {});
}

Result<HttpResponse> print_notice(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  return notice_to_print(app, request, opened, request.params.at(1), "");
}

Result<HttpResponse> download_notice(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  const JuryNotice* notice = TRY(notice_of(opened, request.params.at(1)));
  const auto paper = TRY(notice_paper(app, request, opened, *notice, ""));
  return HttpResponse::bytes(TRY(exports::docx_file(paper)), exports::kDocxMediaType, "thong-bao-" + std::to_string(opened.jury.year) + ".docx");
}

Result<HttpResponse> renew_code(const App& app, const Request& request, const StaffForm&) {
  const std::string code = TRY(app.jury.new_code(request.params.at(0), request.params.at(1), signed_in(request)->account));
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  return notice_to_print(app, request, opened, request.params.at(1), code);
}

Result<HttpResponse> take_reply(const App& app, const Request& request, const StaffForm& form) {
  const auto taken = app.jury.reply(request.params.at(0), request.params.at(1), form.text("text"), form.text("day"), signed_in(request)->account);
  if (taken) return HttpResponse::redirect(jury_address(request.params.at(0)) + "/notices/" + request.params.at(1));
  if (http_status_of(taken.error().code) != 422) return fail(taken.error());
  const OpenedCase opened = TRY(open_and_note(app, request, "notice"));
  return notice_page(app, request, opened, request.params.at(1), form.fields, {{taken.error().where, say(app, request, "staff.fault.jury." + taken.error().where)}});
}

}  // namespace khaosat
