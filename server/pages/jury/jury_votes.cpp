// Votes of the members, and the decision of the person who decides.
#include <algorithm>

#include "server/pages/design.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/jury/jury_words.h"
#include "server/pages/staff_decision_view.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

std::string index_of(const OpenedCase& opened, const awards::CandidateDecision& candidate) {
  return std::to_string(&candidate - opened.decision().candidates.data());
}

Result<HttpResponse> ruling_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  const OpenedCase opened = TRY(open_and_note(app, request, "ruling"));
  View view = staff_view(app, request, say(app, request, "staff.jury.ruling_title"), "/staff/awards");
  view.set("here", jury_address(opened.jury.id)).set("act", jury_address(opened.jury.id) + "/ruling");
  view.set("already", opened.jury.ruling.has_value());
  for (const auto* candidate : opened.to_vote_on()) {
    const std::string index = index_of(opened, *candidate);
    const Tally sum = tally(opened.jury, candidate->award, candidate->subject);
    const bool proposed = JuryBook::is_proposed(opened, *candidate);
    View row;
    row.set("name", candidate->name).set("award_of", award_title(opened, candidate->award, request.language));
    put_verdict(row, candidate->verdict, request.language);
    row.set("count", say(app, request, "staff.jury.tally", {{"yes", std::to_string(sum.yes)}, {"no", std::to_string(sum.no)}, {"abstain", std::to_string(sum.abstain)},
                                                            {"silent", std::to_string(sum.silent)}, {"conflict", std::to_string(sum.in_conflict)}}));
    row.set("reckoning", say(app, request, "staff.jury.reckoning", {{"percent", std::to_string(opened.jury.terms.needed_percent)}, {"base", std::to_string(sum.base)}, {"needed", std::to_string(sum.needed)}}));
    row.set("carried", sum.carried).set("not_carried", !sum.carried).set("proposed", proposed).set("not_proposed", !proposed);
    const std::string result = "result-" + index;
    const std::string grounds = "grounds-" + index;
    const std::string said(typed.one(result).value_or(""));
    row.set("result_field", result).set("yes_id", result + "-yes").set("no_id", result + "-no").set("said_yes", said == "yes").set("said_no", said == "no");
    row.set("grounds_field", grounds).set("grounds_typed", std::string(typed.one(grounds).value_or("")));
    const auto found = std::find_if(wrong.begin(), wrong.end(), [&](const auto& one) { return one.field == result || one.field == grounds; });
    row.set("is_wrong", found != wrong.end()).set("wrong_words", found == wrong.end() ? std::string() : found->sentence).set("wrong_id", "wrong-" + index);
    view.add("ballot", std::move(row));
  }
  for (const auto& selection : opened.decision().selections) {
    if (!selection.seats) continue;
    view.add("quotas", View().set("quota", award_title(opened, selection.award, request.language) + ", " + say(app, request, "staff.decision.kind." + std::string(awards::name_of(selection.kind))) +
                                               ": " + std::to_string(*selection.seats)).set("arithmetic", selection.arithmetic.in(request.language)));
  }
  StaffFields fields(app, request, "jury_ruling", typed, std::move(wrong));
  fields.input("decided_by").input("number").input("day", "date").narrow();
  fields.put(view, "fields");
  return staff_page(app, request, "jury_ruling", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> take_votes(const App& app, const Request& request, const StaffForm& form) {
  const OpenedCase opened = TRY(app.jury.open_case(request.params.at(0)));
  std::vector<JuryVote> votes;
  for (const auto* candidate : opened.to_vote_on()) {
    const auto voice = voice_named(form.text("voice-" + index_of(opened, *candidate)));
    if (voice) votes.push_back({"", candidate->award, candidate->subject, *voice});
  }
  TRY_VOID(app.jury.vote(request.params.at(0), votes, signed_in(request)->account));
  return HttpResponse::redirect(jury_address(request.params.at(0)) + "#votes");
}

Result<HttpResponse> take_conflict(const App& app, const Request& request, const StaffForm& form) {
  TRY_VOID(app.jury.declare_conflict(request.params.at(0), form.text("subject"), form.text("reason"), signed_in(request)->account));
  return HttpResponse::redirect(jury_address(request.params.at(0)) + "#votes");
}

Result<HttpResponse> close_votes(const App& app, const Request& request, const StaffForm& form) {
  if (form.text("confirm") != "yes") return fail(ErrorCode::missing_field, "tick the box first", "confirm");
  TRY_VOID(app.jury.close(request.params.at(0), signed_in(request)->account));
  return HttpResponse::redirect(jury_address(request.params.at(0)) + "#votes");
}

Result<HttpResponse> show_ruling_form(const App& app, const Request& request) {
  const OpenedCase opened = TRY(app.jury.open_case(request.params.at(0)));
  FormData typed({{"day", vietnam_date(app.clock.now())}});
  // What follows from proposal and vote stands there; the person changes it and says why.
  for (const auto* candidate : opened.to_vote_on()) {
    const bool carried = tally(opened.jury, candidate->award, candidate->subject).carried;
    typed.add("result-" + index_of(opened, *candidate), carried && JuryBook::is_proposed(opened, *candidate) ? "yes" : "no");
  }
  return ruling_page(app, request, typed, {});
}

Result<HttpResponse> take_ruling(const App& app, const Request& request, const StaffForm& form) {
  const OpenedCase opened = TRY(app.jury.open_case(request.params.at(0)));
  JuryRuling ruling{form.text("day"), form.text("number"), form.text("decided_by"), {}, ""};
  for (const auto* candidate : opened.to_vote_on()) {
    const std::string index = index_of(opened, *candidate);
    const std::string said = form.text("result-" + index);
    if (said != "yes" && said != "no") continue;
    ruling.results.push_back({candidate->award, candidate->subject, said == "yes", form.text("grounds-" + index), "", 0});
  }
  const auto decided = app.jury.decide(request.params.at(0), std::move(ruling), signed_in(request)->account);
  if (decided) return HttpResponse::redirect(jury_address(request.params.at(0)) + "#ruling");
  const Error& error = decided.error();
  const bool at_candidate = error.code == ErrorCode::grounds_missing || error.code == ErrorCode::rewarded_twice;
  if (http_status_of(error.code) != 422 && !at_candidate && error.code != ErrorCode::quota_exceeded) return fail(error);
  std::string field = error.where;
  std::string sentence = app.locales.has_key("vi", "staff.fault.jury." + field) ? say(app, request, "staff.fault.jury." + field) : app.locales.sentence(request.language, error);
  for (const auto* candidate : opened.to_vote_on()) {
    if (error.where != candidate->award + "/" + candidate->subject && error.where != candidate->subject) continue;
    field = (error.code == ErrorCode::grounds_missing ? "grounds-" : "result-") + index_of(opened, *candidate);
    sentence = candidate->name + ": " + sentence;
    if (error.code == ErrorCode::rewarded_twice) field += "-yes";
    break;
  }
  if (error.code == ErrorCode::quota_exceeded) field.clear();
  return ruling_page(app, request, form.fields, {{field, sentence}});
}

}  // namespace khaosat
