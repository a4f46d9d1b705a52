// For the officer: everything that directives lack about one unit and year, by whoever can supply it.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/awards/evaluate.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/decision_origin.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

struct Lack {
  std::string what;
  std::string fact;
  std::string by;  // day; empty: none is laid down
  std::set<std::string> clauses;
  std::set<std::string> names;  // of candidates it holds up
};

class Lacks {
 public:
  Lacks(const App& app, const Request& request) : app_(app), request_(request) {}

  void take(const awards::RuleSet& rules, const awards::Decision& decision) {
    for (const auto& candidate : decision.candidates) {
      if (candidate.verdict != awards::Verdict::undetermined) continue;
      std::string by;
      for (const auto& award : rules.awards) {
        if (award.id == candidate.award) by = day_of(award.known_by, decision);
      }
      walk(candidate.reason, rules, candidate.name, by);
    }
    for (const auto& duty : decision.duties) {
      if (duty.state != awards::DutyState::undetermined) continue;
      for (const auto& one : duty.missing) add(one, rules, duty.clause, "", duty.due);
    }
  }

  std::size_t put(View& view, const std::string& unit, int year) const {
    std::size_t count = 0;
    for (const auto& [supplier, lacks] : by_supplier_) {
      View group;
      group.set("supplier", supplier.empty() ? say(app_, request_, "staff.jury.nobody_named") : supplier).set("group_id", "from-" + std::to_string(count));
      for (const auto& [what, lack] : lacks) {
        View row;
        row.set("what", what).set("by", lack.by.empty() ? say(app_, request_, "staff.jury.no_day") : shown_date(lack.by));
        row.set("clauses", joined(lack.clauses)).set("names", joined(lack.names)).set("any_name", !lack.names.empty());
        const auto* kind = awards::kind_named(app_.facts.kinds(), lack.fact);
        row.set("record_href", kind == nullptr ? std::string() : "/staff/facts/kind/" + kind->name + "?" + to_urlencoded(FormData({{"unit", unit}, {"year", std::to_string(year)}})));
        row.set("may_record", kind != nullptr);
        group.add("rows", std::move(row));
        ++count;
      }
      view.add("groups", std::move(group));
    }
    return count;
  }

 private:
  // A day written in the rule or chosen as a reading.
  static std::string day_of(const awards::Parameter& parameter, const awards::Decision& decision) {
    std::string value = parameter.literal;
    for (const auto& use : decision.readings) {
      if (!parameter.reading.empty() && use.name == parameter.reading) value = use.value;
    }
    return awards::is_day(value) ? value : std::string();
  }
  static std::string joined(const std::set<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
  }
  void walk(const awards::Reason& reason, const awards::RuleSet& rules, const std::string& name, const std::string& by) {
    if (reason.verdict != awards::Verdict::undetermined) return;
    for (const auto& one : reason.missing) add(one, rules, reason.clause, name, by);
    for (const auto& child : reason.children) walk(child, rules, name, by);
  }
  void add(const awards::Missing& missing, const awards::RuleSet& rules, const std::string& clause, const std::string& name, const std::string& by) {
    const std::string& language = request_.language;
    Lack& lack = by_supplier_[missing.supplier.in(language)][missing.what.in(language)];
    lack.fact = missing.fact;
    if (!by.empty() && (lack.by.empty() || by < lack.by)) lack.by = by;
    lack.clauses.insert(rules.number + (clause.empty() ? "" : ", " + clause));
    if (!name.empty()) lack.names.insert(name);
  }

  const App& app_;
  const Request& request_;
  std::map<std::string, std::map<std::string, Lack>> by_supplier_;
};

// The directives under which this unit was evaluated before; all of them when it never was.
Result<std::set<std::string>> directives_of(const App& app, const std::string& unit) {
  std::set<std::string> used;
  for (const auto& record : TRY(app.store.registry().records("decision", ""))) {
    const auto origin = TRY(origin_of(app.store, record.id));
    if (origin && origin->unit == unit) used.insert(origin->rule_set);
  }
  if (!used.empty()) return used;
  for (const auto& rules : app.catalog.all_award_rules()) used.insert(rules->id);
  return used;
}

}  // namespace

Result<HttpResponse> show_missing(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.jury.missing_title"), "/staff/awards");
  const auto entries = TRY(app.facts.entries());
  const auto subjects = TRY(app.facts.subjects());
  const auto units = unit_choices(app, subjects, entries);
  const int year = wanted_year(app, request, entries);
  const std::string unit = wanted_unit(request, units, subjects, entries, year);
  for (const auto& choice : units) view.add("units", View().set("choice", choice.value).set("choice_label", choice.label).set("chosen", choice.value == unit));
  view.set("year", year);
  const auto wanted = request.query.one("rules");
  const std::set<std::string> asked = wanted && !wanted->empty() ? std::set<std::string>{std::string(*wanted)} : TRY(directives_of(app, unit));
  view.add("directives", View().set("choice", "").set("choice_label", say(app, request, "staff.jury.used_before")).set("chosen", !wanted || wanted->empty()));
  for (const auto& rules : app.catalog.all_award_rules()) {
    if (app.catalog.award_rules(rules->id) != rules) continue;
    view.add("directives", View().set("choice", rules->id).set("choice_label", rules->title.in(request.language)).set("chosen", wanted && *wanted == rules->id));
  }
  const std::string today = vietnam_date(app.clock.now());
  Lacks lacks(app, request);
  std::vector<std::int64_t> people;
  for (const auto& rules : app.catalog.all_award_rules()) {
    if (unit.empty() || !asked.contains(rules->id) || app.catalog.award_rules(rules->id) != rules) continue;
    const FactReading reading = TRY(app.facts.read({unit, today, 0, rules.get()}));
    people.insert(people.end(), reading.about_people.begin(), reading.about_people.end());
    lacks.take(*rules, awards::evaluate(*rules, reading.book, {}, {year, today, &app.catalog.ladders(), app.facts.lineage(), ""}));
  }
  std::sort(people.begin(), people.end());
  people.erase(std::unique(people.begin(), people.end()), people.end());
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "what is missing"));
  const std::size_t count = lacks.put(view, unit, year);
  view.set("any", count > 0).set("count", static_cast<int>(count));
  return staff_page(app, request, "award_missing", view);
}

}  // namespace khaosat
