// The end of a year: closing it, and handing it to the register of facts.
#include <algorithm>
#include <set>

#include "analysis/scorecards/points.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using scorecards::Act;
using scorecards::Stage;

constexpr std::size_t kMostFaultsShown = 20;

Result<HttpResponse> closing_page(const App& app, const Request& request, const ScorecardSight& sight, const FormData& typed, std::vector<FieldWrong> wrong, int status) {
  View view = scorecard_view(app, request, sight, say(app, request, "staff.scorecard_close.title"));
  bool any = false;
  for (const auto* item : sight.ledger.set().leaves()) {
    const auto state = sight.ledger.standing(item->id).state;
    if (is_settled(state) || (item->is_adjustment() && state == scorecards::State::open)) continue;
    any = true;
    view.add("open_items", View().set("open_item", item->code + " " + item->title.in(request.language)).set("open_href", href_of(sight) + "/items/" + item->id)
                               .set("open_state", state_words(app, request, state)));
  }
  const auto totals = scorecards::totals(sight.ledger);
  view.set("any_open", any).set("total", points_words(totals.total)).set("total_maximum", points_words(totals.maximum));
  const std::string& last = sight.ledger.plan().window(Stage::explanation).until;
  set_or_no(view, "too_early", sight.today <= last ? say(app, request, "staff.scorecard_close.too_early", {{"day", shown_date(last)}}) : std::string());
  StaffFields fields(app, request, "scorecard_close", typed, std::move(wrong));
  fields.input("decision").checks("sure", {{"yes", say(app, request, "staff.scorecard_close.sure_yes"), ""}});
  fields.put(view);
  view.set("act", href_of(sight) + "/close");
  return staff_page(app, request, "scorecards_close", view, status);
}

// Everybody the facts of the year will be about, by the codes of its plan.
Result<HttpResponse> facts_page(const App& app, const Request& request, const ScorecardSight& sight, std::vector<FieldWrong> wrong, int status) {
  View view = scorecard_view(app, request, sight, say(app, request, "staff.scorecard_facts.title"));
  const auto subjects = TRY(app.facts.subjects());
  TRY_VOID(note_reading(app, sight, "facts"));
  bool any_missing = false;
  std::set<std::string> seen;
  const auto add = [&](const std::string& code, const std::string& name) {
    if (code.empty() || !seen.insert(code).second) return;
    const auto* found = subject_with(subjects, code);
    any_missing = any_missing || found == nullptr;
    view.add("subjects", View().set("subject_code", code).set("subject_name", name).set("known", found != nullptr)
                             .set("subject_known", found == nullptr ? std::string() : subject_label(subjects, *found)));
  };
  for (const auto& one : sight.ledger.plan().assignments) {
    const auto* body = sight.ledger.plan().body(one.body);
    const auto* person = sight.ledger.plan().person(one.person);
    add(one.body, body == nullptr ? "" : body->name);
    add(one.person, person == nullptr ? "" : person->name);
  }
  StaffFields fields(app, request, "scorecard_facts", typed_from({}), std::move(wrong));
  if (any_missing) fields.checks("add", {{"yes", say(app, request, "staff.scorecard_facts.add_yes"), ""}});
  fields.put(view);
  view.set("any_missing", any_missing).set("act", href_of(sight) + "/facts");
  return staff_page(app, request, "scorecards_facts", view, status);
}

// Bodies and persons of the plan that the register does not know yet.
Result<Faults> add_subjects(const App& app, const ScorecardSight& sight) {
  const auto& plan = sight.ledger.plan();
  const std::string unit = TRY(app.scorecards.unit_key(plan));
  const auto add = [&](const char* kind, const std::string& code, const std::string& name, const std::string& parent) -> Result<Faults> {
    const auto subjects = TRY(app.facts.subjects());
    if (code.empty() || subject_with(subjects, code) != nullptr) return Faults();
    const Written written = TRY(app.facts.add("subject", {{"kind", kind}, {"subject", code}, {"title", name}, {"parent", parent}}, sight.account));
    return written.faults;
  };
  for (const auto& one : plan.assignments) {
    const auto* body = plan.body(one.body);
    if (body != nullptr) {
      auto faults = TRY(add("collective", body->code, body->name, unit));
      if (!faults.empty()) return faults;
    }
    const auto* person = plan.person(one.person);
    if (person != nullptr) {
      auto faults = TRY(add("person", person->code, person->name, person->body));
      if (!faults.empty()) return faults;
    }
  }
  return Faults();
}

}  // namespace

Result<HttpResponse> show_scorecard_closing(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  if (sight.ledger.is_closed()) return HttpResponse::redirect(href_of(sight));
  return closing_page(app, request, sight, typed_from({}), {}, 200);
}

Result<HttpResponse> close_scorecard(const App& app, const Request& request, const StaffForm& form) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  if (form.text("sure") != "yes") return closing_page(app, request, sight, form.fields, {{"sure", say(app, request, "staff.scorecard_close.sure_missing")}}, 422);
  scorecards::Event event;
  event.act = Act::close;
  event.note = form.text("decision");
  const auto done = app.scorecards.act(sight.year.id, std::move(event), sight.account, sight.manages);
  if (done) return HttpResponse::redirect(href_of(sight));
  const int status = http_status_of(done.error().code);
  if (status >= 500) return fail(done.error());
  const bool no_decision = done.error().code == ErrorCode::scorecard_reason_missing;
  return closing_page(app, request, sight, form.fields,
                      {{no_decision ? "decision" : "", no_decision ? say(app, request, "staff.scorecard_close.decision_missing") : app.locales.sentence(request.language, done.error())}}, status);
}

Result<HttpResponse> show_scorecard_facts(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  if (!sight.ledger.is_closed()) return fail(ErrorCode::scorecard_unfinished, "facts come of a closed year", sight.year.id);
  return facts_page(app, request, sight, {}, 200);
}

Result<HttpResponse> give_scorecard_facts(const App& app, const Request& request, const StaffForm& form) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  if (!sight.ledger.is_closed()) return fail(ErrorCode::scorecard_unfinished, "facts come of a closed year", sight.year.id);
  Faults faults;
  if (form.text("add") == "yes") faults = TRY(add_subjects(app, sight));
  Written written;
  if (faults.empty()) {
    written = TRY(app.scorecards.give_facts(sight.year.id, app.facts, sight.account));
    faults = written.faults;
  }
  if (faults.empty()) return HttpResponse::redirect(href_of(sight) + "?facts=" + std::to_string(written.count));
  std::vector<FieldWrong> wrong;
  for (const auto& fault : faults) {
    // Rows are those of a table nobody sees; what is missing stands in the list below.
    Fault told = fault;
    told.place.clear();
    const std::string sentence = fault.code == ErrorCode::not_found || fault.code == ErrorCode::unknown_option || fault.code == ErrorCode::fact_invalid
                                     ? say(app, request, "staff.scorecard_facts.unknown") : sentence_of(app, request, told, "facts");
    const auto same = [&](const FieldWrong& one) { return one.sentence == sentence; };
    if (std::none_of(wrong.begin(), wrong.end(), same) && wrong.size() < kMostFaultsShown) wrong.push_back({"", sentence});
  }
  return facts_page(app, request, sight, std::move(wrong), 422);
}

}  // namespace khaosat
