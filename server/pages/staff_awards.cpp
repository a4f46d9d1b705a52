#include "server/pages/staff_awards.h"

#include <set>

#include "server/catalog/catalog.h"
#include "server/exports/output_file.h"
#include "server/pages/design.h"
#include "server/pages/facts/privacy_pages.h"
#include "server/pages/staff_award_form.h"
#include "server/pages/staff_decision_view.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/decision_origin.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/personal_data.h"
#include "server/services/keep_records.h"

namespace khaosat {

namespace {

Result<std::shared_ptr<const awards::RuleSet>> rules_of(const App& app, const Request& request) {
  auto rules = app.catalog.award_rules(request.params.at(0));
  if (!rules) return fail(ErrorCode::not_found, "no such rule set", request.params.at(0));
  return rules;
}

// What it takes to come to the same decision again, carried by the buttons of its page.
void carry(View& view, const StaffForm& form, const AwardInput& input, const std::string& facts_record) {
  const auto add = [&](const std::string& name, const std::string& value) {
    view.add("hidden_fields", View().set("field", name).set("content", value));
  };
  for (const auto& [name, value] : form.fields.fields()) {
    if (name == kCsrfField || name == "do" || name == "facts" || name == "facts_record" || name == "unit" || name == "through") continue;
    add(name, value);
  }
  if (!facts_record.empty()) add("facts_record", facts_record);
  if (input.unit.empty()) return;
  add("unit", input.unit);
  add("through", std::to_string(input.through));
}

Result<HttpResponse> json_file(const std::string& content, const std::string& name) {
  return HttpResponse::download(TRY(exports::unnamed_file(content)), "application/json", name + ".json");
}

Result<Record> decision_record(const App& app, const std::string& kind, const std::string& id) {
  auto record = TRY(app.store.registry().record(kind, id));
  if (!record) return fail(ErrorCode::not_found, "no such record", id);
  return std::move(*record);
}

// A kept decision names people; what of the register it used is in its origin.
Result<void> note_decision_read(const App& app, const Request& request, const std::string& id) {
  return app.store.registry().append_journal({0, app.clock.now(), signed_in(request)->account, "decision.read", id, "", ""});
}

// The kept decision as tables, where coming to it again gives the same bytes; otherwise its text has to do.
Result<void> put_rebuilt(View& view, const App& app, const Request& request, const Record& record) {
  const auto again = rebuild_decision(app.facts, app.catalog, app.store, record);
  const bool same = again && again->same;
  view.set("rebuilt", same);
  if (!same) return {};
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, again->about_people, "decision " + record.id));
  view.set("rules_title", again->rules->title.in(request.language)).set("issuer", again->rules->issuer).set("number", again->rules->number);
  view.set("year", again->origin.year).set("date", shown_date(again->origin.date));
  put_decision(view, app, request, *again->rules, again->decision);
  return {};
}

}  // namespace

Result<HttpResponse> show_awards(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.nav.awards"), "/staff/awards");
  std::set<std::string> shown;
  for (const auto& one : app.catalog.all_award_rules()) {
    if (!shown.insert(one->id).second) continue;
    const auto rules = app.catalog.award_rules(one->id);  // newest
    View row;
    row.set("rules_title", rules->title.in(request.language)).set("rules_href", "/staff/awards/rules/" + rules->id);
    row.set("rules_source", rules->issuer + ", " + rules->number + ", " + shown_date(rules->date));
    view.add("rule_sets", std::move(row));
  }
  view.set("any_rules", !shown.empty());
  bool any = false;
  for (const auto& record : TRY(app.store.registry().records("decision", ""))) {
    const auto rules = app.catalog.award_rules(record.subject);
    View row;
    row.set("kept_href", "/staff/awards/kept/" + record.id).set("kept_title", rules ? rules->title.in(request.language) : record.subject);
    row.set("kept_on", shown_date(vietnam_date(record.created))).set("kept_by", record.author);
    view.add("kept", std::move(row));
    any = true;
  }
  view.set("any_kept", any);
  return staff_page(app, request, "awards", view);
}

Result<HttpResponse> show_award_form(const App& app, const Request& request) {
  const auto rules = TRY(rules_of(app, request));
  const std::string today = vietnam_date(app.clock.now());
  const auto wanted = request.query.one("facts");
  const auto unit = request.query.one("unit");
  std::vector<std::pair<std::string, std::string>> typed = {
      {"year", today.substr(0, 4)}, {"date", today}, {"facts_record", wanted ? std::string(*wanted) : ""}, {"unit", unit ? std::string(*unit) : ""}};
  for (const auto& spec : rules->readings) typed.emplace_back(reading_field(spec.name), spec.default_value);
  return award_form_page(app, request, *rules, typed_from(std::move(typed)), {});
}

Result<HttpResponse> evaluate_awards(const App& app, const Request& request, const StaffForm& form) {
  const auto rules = TRY(rules_of(app, request));
  auto input = TRY(read_award_input(app, request, form, *rules));
  if (!input.wrong.empty()) return award_form_page(app, request, *rules, form.fields, std::move(input.wrong));

  const std::string& author = signed_in(request)->account;
  KeepRecords keep(app.store, app.catalog, app.clock);
  // Facts of the register are pinned by their last entry; only what came with the form is kept as it is.
  std::string facts_record;
  if (input.unit.empty()) facts_record = TRY(keep.facts(input.facts, rules->id, author)).id;
  TRY_VOID(app.facts.note_reading(author, input.about_people, "evaluate " + rules->id));
  const awards::EvaluationContext context{input.year, input.date, &app.catalog.ladders(), app.facts.lineage(), "khaosat " KHAOSAT_VERSION};
  const auto decision = awards::evaluate(*rules, input.facts, input.readings, context);

  const std::string act = form.text("do");
  if (act == "keep") {
    const Record record = TRY(keep.decision(decision, author));
    const DecisionOrigin origin{rules->id, rules->version, input.year, input.date, input.unit, input.through, facts_record, input.readings};
    TRY_VOID(keep_origin(app.store, app.clock, record.id, origin, author));
    return HttpResponse::redirect("/staff/awards/kept/" + record.id);
  }

  View view = staff_view(app, request, rules->title.in(request.language), "/staff/awards");
  view.set("issuer", rules->issuer).set("number", rules->number);
  view.set("rules_href", "/staff/awards/rules/" + rules->id);
  view.set("again", to_urlencoded(FormData({{input.unit.empty() ? "facts" : "unit", input.unit.empty() ? facts_record : input.unit}})));
  view.set("year", input.year).set("date", shown_date(input.date));
  carry(view, form, input, facts_record);
  put_decision(view, app, request, *rules, decision);
  return staff_page(app, request, "decision", view);
}

Result<HttpResponse> show_kept_decision(const App& app, const Request& request) {
  const Record record = TRY(decision_record(app, "decision", request.params.at(0)));
  const Record text = TRY(decision_record(app, "decision_text", request.params.at(0)));
  TRY_VOID(note_decision_read(app, request, record.id));
  View view = staff_view(app, request, say(app, request, "staff.decision.kept"), "/staff/awards");
  view.set("kept_on", shown_date(vietnam_date(record.created))).set("kept_by", record.author).set("kept_hash", record.hash);
  view.set("intact", is_intact(record) && is_intact(text)).set("text", text.content);
  view.set("json_href", "/staff/awards/kept/" + record.id + "/json");
  TRY_VOID(put_file_leave(view, app, request, "decision/" + record.id, record.hash, "/staff/awards/kept/" + record.id + "/file"));
  view.set("now_href", "/staff/awards/kept/" + record.id + "/now");
  TRY_VOID(put_rebuilt(view, app, request, record));
  const Role role = signed_in(request)->role;
  const bool has_case = TRY(app.store.registry().record("jury_case", record.id)).has_value();
  view.set("has_case", has_case).set("may_begin", !has_case && (role == Role::administrator || role == Role::officer)).set("case_href", "/staff/jury/" + record.id);
  return staff_page(app, request, "decision_kept", view);
}

Result<HttpResponse> download_kept_decision(const App& app, const Request& request) {
  const Record record = TRY(decision_record(app, "decision", request.params.at(0)));
  TRY_VOID(app.personal.take_file("decision/" + record.id, record.hash, signed_in(request)->account));
  return json_file(record.content, "decision-" + record.id);
}

Result<HttpResponse> ask_decision_file(const App& app, const Request& request, const StaffForm& form) {
  const Record record = TRY(decision_record(app, "decision", request.params.at(0)));
  TRY(app.personal.ask_file("decision/" + record.id, record.hash, form.text("leave_reason"), signed_in(request)->account));
  return HttpResponse::redirect("/staff/awards/kept/" + record.id + "#file");
}

Result<HttpResponse> show_decision_now(const App& app, const Request& request) {
  const Record record = TRY(decision_record(app, "decision", request.params.at(0)));
  const auto origin = TRY(origin_of(app.store, record.id));
  View view = staff_view(app, request, say(app, request, "staff.decision_now.title"), "/staff/awards");
  view.set("kept_href", "/staff/awards/kept/" + record.id).set("kept_on", shown_date(vietnam_date(record.created)));
  view.set("has_origin", origin.has_value());
  if (!origin) return staff_page(app, request, "decision_now", view);
  std::vector<std::int64_t> people;
  const std::string today = vietnam_date(app.clock.now());
  const auto review = TRY(review_decision(app.facts, app.catalog, app.store, record, today, people));
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "review of a decision"));
  view.set("rebuilt", review.rebuilt).set("removed", static_cast<int>(review.removed)).set("any_removed", review.removed > 0);
  view.set("date", shown_date(origin->date)).set("today", shown_date(today)).set("entries_since", static_cast<int>(review.entries_since));
  view.set("any_difference", !review.differences.empty()).set("from_register", !origin->unit.empty());
  const auto badge = [&](View& into, const std::string& name, awards::Verdict verdict) {
    into.set(name, awards::words_of(verdict).in(request.language));
    into.set(name + "_kind", verdict == awards::Verdict::pass ? "good" : verdict == awards::Verdict::fail ? "bad" : verdict == awards::Verdict::undetermined ? "open" : "");
  };
  for (const auto& one : review.differences) {
    View row;
    row.set("candidate", one.name).set("is_new", one.is_new).set("is_gone", one.is_gone).set("stays", !one.is_new && !one.is_gone);
    badge(row, "before", one.before);
    badge(row, "after", one.after);
    for (const auto& clause : one.clauses) {
      View part;
      part.set("clause", clause.clause).set("condition", clause.condition.in(request.language)).set("found", clause.found.in(request.language));
      badge(part, "was", clause.before);
      badge(part, "is", clause.after);
      row.add("clauses", std::move(part));
    }
    view.add("differences", std::move(row));
  }
  return staff_page(app, request, "decision_now", view);
}

}  // namespace khaosat
