// What is there and what is missing: one table per group of kinds, for one unit and one year.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/awards/evaluate.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_lineage.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/facts/facts_pages.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using awards::Subject;

void collect_missing(const awards::Reason& reason, const std::string& award, std::map<std::string, std::pair<std::string, std::string>>& missing,
                     const std::string& language) {
  if (reason.verdict != awards::Verdict::undetermined) return;
  for (const auto& one : reason.missing) missing[one.what.in(language)] = {one.supplier.in(language), one.fact};
  for (const auto& child : reason.children) collect_missing(child, award, missing, language);
}

// What a directive still lacks for this unit and year, from whom.
Result<std::size_t> put_missing(View& view, const App& app, const Request& request, const awards::RuleSet& rules, const std::string& unit, int year,
                                std::set<std::int64_t>& people) {
  const std::string today = vietnam_date(app.clock.now());
  const FactReading reading = TRY(app.facts.read({unit, today, 0, &rules}));
  people.insert(reading.about_people.begin(), reading.about_people.end());
  const auto decision = awards::evaluate(rules, reading.book, {}, {year, today, &app.catalog.ladders(), app.facts.lineage(), ""});
  std::map<std::string, std::pair<std::string, std::string>> missing;
  for (const auto& candidate : decision.candidates) collect_missing(candidate.reason, candidate.award, missing, request.language);
  for (const auto& duty : decision.duties) {
    if (duty.state != awards::DutyState::undetermined) continue;
    for (const auto& one : duty.missing) missing[one.what.in(request.language)] = {one.supplier.in(request.language), one.fact};
  }
  View part;
  part.set("directive", rules.title.in(request.language)).set("directive_id", rules.id).set("directive_href", "/staff/awards/rules/" + rules.id);
  part.set("missing_count", static_cast<int>(missing.size())).set("any_missing", !missing.empty());
  std::size_t shown = 0;
  for (const auto& [what, from] : missing) {
    if (++shown > 40) break;
    View row;
    row.set("what", what).set("from", from.first);
    const auto* kind = awards::kind_named(app.facts.kinds(), from.second);
    row.set("record_href", kind == nullptr ? std::string() : "/staff/facts/kind/" + kind->name + "?" + to_urlencoded(FormData({{"unit", unit}, {"year", std::to_string(year)}})));
    row.set("has_kind", kind != nullptr);
    part.add("missing", std::move(row));
  }
  part.set("more_missing", missing.size() > 40 ? static_cast<int>(missing.size() - 40) : 0).set("has_more", missing.size() > 40);
  view.add("directives", std::move(part));
  return missing.size();
}

void put_choices(View& view, const char* name, const std::vector<FieldChoice>& choices, const std::string& chosen) {
  for (const auto& choice : choices) {
    view.add(name, View().set("choice", choice.value).set("choice_label", choice.label).set("chosen", choice.value == chosen));
  }
}

}  // namespace

Result<HttpResponse> show_facts(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.facts.title"), "/staff/facts");
  const auto entries = TRY(app.facts.entries());
  const auto subjects = TRY(app.facts.subjects());
  const auto units = unit_choices(app, subjects, entries);
  const int year = wanted_year(app, request, entries);
  const std::string unit = wanted_unit(request, units, subjects, entries, year);
  const std::string place = to_urlencoded(FormData({{"unit", unit}, {"year", std::to_string(year)}}));
  put_choices(view, "units", units, unit);
  view.set("year", year).set("place", place).set("any_entry", !entries.empty());
  const Role role = signed_in(request)->role;
  view.set("may_write", role == Role::administrator || role == Role::officer);
  put_lineage(view, app, request, unit, year, "/staff/facts");

  for (const auto& group : awards::fact_groups()) {
    View section;
    section.set("group", say(app, request, "staff.facts.group_" + group)).set("group_id", group);
    bool any = false;
    for (const auto& kind : app.facts.kinds()) {
      if (kind.group != group) continue;
      any = true;
      std::size_t count = 0;
      std::string last;
      const RegisterEntry* declared = nullptr;
      for (const auto& entry : entries) {
        if (entry.superseded_by != 0 || entry.removed != 0 || entry.record == "withdrawn" || entry.cell("fact") != kind.name || !touches_year(entry, year)) continue;
        const Subject* subject = subject_with(subjects, entry.cell("subject"));
        if (subject == nullptr || !lies_in(subjects, *subject, unit)) continue;
        if (entry.record == "register") {
          if (period_of(entry)->contains(awards::Period::of_year(year))) declared = &entry;
          continue;
        }
        ++count;
        last = std::max(last, entry.cell("date"));
      }
      View row;
      row.set("kind_title", kind.title.in(request.language)).set("kind_href", "/staff/facts/kind/" + kind.name + "?" + place);
      row.set("count", static_cast<int>(count)).set("last", last.empty() ? std::string() : shown_date(last));
      const bool complete = declared != nullptr;
      row.set("is_register", kind.is_register).set("complete", complete);
      if (complete) row.set("declared_by", declared->cell("vouched_by")).set("declared_on", shown_date(declared->cell("date")));
      row.set("empty_and_open", !complete && count == 0);
      row.set("asked", !kind.rule_sets.empty()).set("asked_by", static_cast<int>(kind.rule_sets.size()));
      section.add("kinds", std::move(row));
    }
    if (any) view.add("groups", std::move(section));
  }
  if (!unit.empty() && !entries.empty()) {
    // What is missing names who lacks it.
    std::set<std::int64_t> people;
    for (const auto& rules : app.catalog.all_award_rules()) {
      if (app.catalog.award_rules(rules->id) == rules) TRY(put_missing(view, app, request, *rules, unit, year, people));
    }
    TRY_VOID(app.facts.note_reading(signed_in(request)->account, {people.begin(), people.end()}, "what is missing"));
  }
  return staff_page(app, request, "facts", view);
}

Result<HttpResponse> show_fact_kind(const App& app, const Request& request) {
  const auto* kind = awards::kind_named(app.facts.kinds(), request.params.at(0));
  if (kind == nullptr) return fail(ErrorCode::not_found, "no such kind of fact", request.params.at(0));
  View view = staff_view(app, request, kind->title.in(request.language), "/staff/facts");
  const auto entries = TRY(app.facts.entries());
  const auto subjects = TRY(app.facts.subjects());
  const auto units = unit_choices(app, subjects, entries);
  const int year = wanted_year(app, request, entries);
  const std::string unit = wanted_unit(request, units, subjects, entries, year);
  const std::string place = to_urlencoded(FormData({{"unit", unit}, {"year", std::to_string(year)}}));
  put_choices(view, "units", units, unit);
  const Role role = signed_in(request)->role;
  view.set("may_write", role == Role::administrator || role == Role::officer);
  view.set("year", year).set("place", place).set("kind", kind->name).set("supplier", kind->supplier.in(request.language));
  view.set("new_href", "/staff/facts/new/" + kind->name + "?" + place);
  view.set("complete_href", "/staff/facts/complete?" + to_urlencoded(FormData({{"kind", kind->name}, {"unit", unit}, {"year", std::to_string(year)}})));
  view.set("is_register", kind->is_register).set("retention", kind->retention_years);
  for (const auto& id : kind->rule_sets) {
    const auto rules = app.catalog.award_rules(id);
    if (rules) view.add("asked", View().set("directive", rules->title.in(request.language)).set("directive_href", "/staff/awards/rules/" + id));
  }
  view.set("is_asked", !kind->rule_sets.empty());

  std::vector<std::int64_t> people;
  const auto row_of = [&](const RegisterEntry& entry, const Subject* subject) {
    View row;
    row.set("entry_href", "/staff/facts/entry/" + std::to_string(entry.number)).set("number", static_cast<int>(entry.number));
    row.set("about", subject_label(subjects, *subject)).set("period", shown_period(app, request, entry.cell("period")));
    row.set("says", words_of_cells(app, request, kind, entry)).set("source", source_of_cells(app, request, entry));
    row.set("corrected", entry.supersedes != 0).set("is_declaration", entry.record == "register");
    if (!entry.person.empty()) people.push_back(entry.number);
    return row;
  };
  put_lineage(view, app, request, unit, year, "/staff/facts/kind/" + kind->name);
  const auto before = units_before(app, unit);
  bool any = false;
  bool any_before = false;
  for (const auto& entry : entries) {
    if (entry.superseded_by != 0 || entry.removed != 0 || entry.record == "withdrawn" || entry.cell("fact") != kind->name) continue;
    const Subject* subject = subject_with(subjects, entry.cell("subject"));
    if (subject == nullptr) continue;
    if (lies_in(subjects, *subject, unit)) {
      if (!touches_year(entry, year)) continue;
      view.add("entries", row_of(entry, subject));
      any = true;
    } else if (std::any_of(before.begin(), before.end(), [&](const Subject* old) { return lies_in(subjects, *subject, old->key); })) {
      view.add("entries_before", row_of(entry, subject));
      any_before = true;
    }
  }
  view.set("any_entry", any).set("any_before", any_before);
  if (any_before) {
    const Subject* here = subject_with(subjects, unit);
    view.set("before_why", say(app, request, "staff.units.before_why", {{"unit", here == nullptr ? std::string() : here->name}}));
  }
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "list " + kind->name));
  return staff_page(app, request, "facts_kind", view);
}

Result<HttpResponse> show_fact_entry(const App& app, const Request& request) {
  const auto number = std::stoll(request.params.at(0));
  auto entry = TRY(app.facts.entry(number));
  const auto entries = TRY(app.facts.entries());
  const auto subjects = TRY(app.facts.subjects());
  View view = staff_view(app, request, say(app, request, "staff.facts.entry", {{"number", std::to_string(number)}}), "/staff/facts");
  // The whole line of corrections, oldest first.
  while (entry.supersedes != 0) entry = entries[static_cast<std::size_t>(entry.supersedes - 1)];
  std::vector<std::int64_t> people;
  const RegisterEntry* at = &entries[static_cast<std::size_t>(entry.number - 1)];
  const awards::FactKind* kind = nullptr;
  while (at != nullptr) {
    if (const auto* found = awards::kind_named(app.facts.kinds(), at->cell("fact"))) kind = found;
    const Subject* subject = subject_with(subjects, at->cell("subject"));
    View row;
    row.set("number", static_cast<int>(at->number)).set("is_wanted", at->number == number).set("in_force", at->superseded_by == 0 && at->removed == 0);
    row.set("about", subject != nullptr ? subject_label(subjects, *subject) : at->cell("title")).set("period", shown_period(app, request, at->cell("period")));
    row.set("says", words_of_cells(app, request, kind, *at)).set("source", source_of_cells(app, request, *at));
    row.set("note", at->cell("note")).set("has_note", !at->cell("note").empty());
    row.set("written_on", shown_date(vietnam_date(at->created))).set("author", at->author).set("hash", at->hash);
    row.set("reason", at->reason).set("has_reason", !at->reason.empty());
    row.set("holds_from", at->holds_from.empty() ? std::string() : shown_date(at->holds_from)).set("has_holds_from", !at->holds_from.empty());
    row.set("is_removed", at->removed != 0).set("removed_on", at->removed != 0 ? shown_date(vietnam_date(at->removed)) : std::string());
    const std::string evidence = at->cell("evidence");
    const bool is_file = evidence.size() == 64 && !at->evidence_name.empty();
    row.set("has_file", is_file).set("evidence_href", "/staff/facts/evidence/" + evidence).set("evidence_name", at->evidence_name);
    row.set("has_evidence", !is_file && !evidence.empty()).set("evidence", evidence);
    view.add("versions", std::move(row));
    if (!at->person.empty()) people.push_back(at->number);
    if (at->superseded_by == 0) {
      const Role role = signed_in(request)->role;
      const bool writes = role == Role::administrator || role == Role::officer;
      view.set("may_correct", writes && at->removed == 0 && at->record != "withdrawn").set("correct_href", "/staff/facts/entry/" + std::to_string(at->number) + "/correct");
    }
    at = at->superseded_by == 0 ? nullptr : &entries[static_cast<std::size_t>(at->superseded_by - 1)];
  }
  view.set("kind_title", kind == nullptr ? say(app, request, "staff.facts.subject") : kind->title.in(request.language));
  view.set("kind_href", kind == nullptr ? "/staff/facts/subjects" : "/staff/facts/kind/" + kind->name);
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "entry"));
  return staff_page(app, request, "facts_entry", view);
}

}  // namespace khaosat
