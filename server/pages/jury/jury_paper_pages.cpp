// Papers of a case for the printer and as DOCX; the remedy plan.
#include <algorithm>

#include "base/csv.h"
#include "server/exports/docx_file.h"
#include "server/pages/design.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/jury/jury_papers.h"
#include "server/pages/shown_number.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"
#include "server/services/jury/lost_points.h"
#include "server/services/jury/remedy_plan.h"

namespace khaosat {

namespace {

constexpr const char* kHeadFields[] = {"number", "signer_authority", "signer", "signer_name"};

bool may_write(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

Result<HttpResponse> remedy_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const OpenedCase opened = TRY(open_and_note(app, request, "jury remedy plan"));
  const std::string here = jury_address(opened.jury.id);
  const std::string today = vietnam_date(app.clock.now());
  View view = staff_view(app, request, say(app, request, "staff.jury.remedy_title"), "/staff/awards");
  view.set("here", here).set("act", here + "/remedy").set("may_write", may_write(request));
  RemedyPlan plan(app.store, app.clock);
  const auto measures = TRY(plan.measures(opened.jury.id));
  for (const auto& one : measures) {
    View row;
    row.set("criterion", one.criterion).set("measure", one.measure).set("responsible", name_in(opened, one.responsible)).set("due", shown_date(one.due));
    row.set("done", one.is_done()).set("late", !one.is_settled() && one.due < today).set("open", !one.is_settled() && one.due >= today);
    row.set("is_closed", !one.closed.empty()).set("closed_on", one.closed.empty() ? std::string() : shown_date(one.closed)).set("closed_by", one.closed_by).set("closed_reason", one.closed_reason);
    row.set("act", here + "/remedy/" + one.id).set("may_report", may_write(request) && !one.is_settled()).set("reason_id", "reason-" + one.id).set("percent_id", "percent-" + one.id).set("note_id", "note-" + one.id);
    for (const auto& step : one.progress) row.add("steps", View().set("day", shown_date(step.day)).set("percent", step.percent).set("note", step.note));
    view.add("measures", std::move(row));
  }
  view.set("any_measure", !measures.empty());
  for (const auto& lost : lost_criteria(opened.rebuilt->facts, opened.decision())) {
    const bool planned = std::any_of(measures.begin(), measures.end(), [&](const auto& one) { return one.criterion == lost.criterion; });
    if (planned) continue;
    View row;
    row.set("criterion", lost.criterion).set("unit", lost.unit_name).set("points", shown_number(lost.points) + "/" + shown_number(lost.maximum));
    row.set("holders", lost.holder_names).set("fill_href", here + "/remedy?" + to_urlencoded(FormData({{"criterion", lost.criterion}, {"responsible", lost.holders.empty() ? "" : lost.holders.front()}})) + "#measure");
    view.add("unplanned", std::move(row));
    view.set("any_unplanned", true);
  }
  std::vector<FieldChoice> people = {{"", say(app, request, "staff.fact.choose"), ""}};
  for (const auto& subject : opened.rebuilt->facts.subjects()) {
    if (subject.kind != awards::SubjectKind::unit) people.push_back({subject.key, subject.name, ""});
  }
  StaffFields fields(app, request, "remedy", typed, std::move(wrong));
  fields.input("criterion").narrow().area("measure", 3).select("responsible", people).input("due", "date").narrow();
  fields.put(view, "fields");
  return staff_page(app, request, "jury_remedy", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

HttpResponse paper_page(const App& app, const Request& request, const exports::OfficePaper& paper, const PaperAround& around) {
  View view = view_of_paper(paper);
  view.set("language", request.language).set("title", paper.kind + " · " + paper.subject).set("office_style", app.assets.address("css/office_paper.css"));
  view.set("back", around.back).set("here", around.here).set("docx_href", around.docx).set("any_docx", !around.docx.empty());
  view.set("notice", around.notice).set("any_notice", !around.notice.empty()).set("any_head_field", around.asks_head);
  for (const char* field : kHeadFields) {
    if (around.asks_head) view.add("head_fields", View().set("field", field).set("label", say(app, request, std::string("papers.field_") + field)).set("typed", std::string(request.query.one(field).value_or(""))));
  }
  return HttpResponse::html(app.templates.render("pages/office_paper", request.language, view), 200);
}

Result<HttpResponse> show_jury_paper(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "paper"));
  const std::string name = request.params.at(1);
  auto paper = TRY(jury_paper(app, request, opened, name));
  TRY_VOID(put_letterhead(paper, app, request, opened, {name, "", vietnam_date(app.clock.now())}));
  const std::string here = jury_address(opened.jury.id) + "/papers/" + name;
  return paper_page(app, request, paper, {jury_address(opened.jury.id) + "#papers", here, here + "/docx?" + to_urlencoded(request.query), "", true});
}

Result<HttpResponse> download_jury_paper(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "paper"));
  const std::string name = request.params.at(1);
  auto paper = TRY(jury_paper(app, request, opened, name));
  TRY_VOID(put_letterhead(paper, app, request, opened, {name, "", vietnam_date(app.clock.now())}));
  return HttpResponse::bytes(TRY(exports::docx_file(paper)), exports::kDocxMediaType, name + "-" + std::to_string(opened.jury.year) + ".docx");
}

Result<HttpResponse> show_remedy_plan(const App& app, const Request& request) {
  const auto text = [&](const char* name) { return std::string(request.query.one(name).value_or("")); };
  return remedy_page(app, request, FormData({{"criterion", text("criterion")}, {"responsible", text("responsible")}}), {});
}

Result<HttpResponse> add_remedy(const App& app, const Request& request, const StaffForm& form) {
  const OpenedCase opened = TRY(app.jury.open_case(request.params.at(0)));
  const auto* responsible = opened.rebuilt->facts.subject(form.text("responsible"));
  if (responsible == nullptr) return remedy_page(app, request, form.fields, {{"responsible", say(app, request, "staff.fault.remedy.responsible")}});
  RemedyPlan plan(app.store, app.clock);
  const auto added = plan.add(request.params.at(0), {"", form.text("criterion"), form.text("measure"), form.text("responsible"), form.text("due"), "", {}, {}, {}, {}}, signed_in(request)->account);
  if (added) return HttpResponse::redirect(jury_address(request.params.at(0)) + "/remedy");
  if (http_status_of(added.error().code) != 422) return fail(added.error());
  return remedy_page(app, request, form.fields, {{added.error().where, say(app, request, "staff.fault.remedy." + added.error().where)}});
}

Result<HttpResponse> report_remedy(const App& app, const Request& request, const StaffForm& form) {
  RemedyPlan plan(app.store, app.clock);
  if (form.text("do") == "close") {
    TRY_VOID(plan.close(request.params.at(0), request.params.at(1), form.text("reason"), signed_in(request)->account));
    return HttpResponse::redirect(jury_address(request.params.at(0)) + "/remedy");
  }
  const auto percent = integer_from(form.text("percent"));
  TRY_VOID(plan.report(request.params.at(0), request.params.at(1), percent && *percent >= 0 && *percent <= 100 ? static_cast<int>(*percent) : -1, form.text("note"), signed_in(request)->account));
  return HttpResponse::redirect(jury_address(request.params.at(0)) + "/remedy");
}

}  // namespace khaosat
