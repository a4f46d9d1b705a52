#include "server/pages/facts/fact_lineage.h"

#include <algorithm>

#include "analysis/awards/period.h"
#include "server/pages/design.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using awards::Subject;

const Subject* unit_named(const App& app, std::string_view key) {
  const auto& units = app.facts.units();
  const auto found = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.key == key; });
  return found == units.end() ? nullptr : &*found;
}

const Subject* old_of(const App& app, const awards::LineageLink& link) {
  const auto& units = app.facts.units();
  const std::string last = awards::day_before(link.changed_on);
  const auto found = std::find_if(units.begin(), units.end(), [&](const auto& one) { return one.code == link.old_code && one.valid_to == last; });
  return found == units.end() ? nullptr : &*found;
}

}  // namespace

std::string span_words(const App& app, const Request& request, const Subject& unit) {
  if (unit.valid_from.empty() && unit.valid_to.empty()) return say(app, request, "staff.units.always");
  if (unit.valid_from.empty()) return say(app, request, "staff.units.until", {{"day", shown_date(unit.valid_to)}});
  if (unit.valid_to.empty()) return say(app, request, "staff.units.since", {{"day", shown_date(unit.valid_from)}});
  return shown_date(unit.valid_from) + " – " + shown_date(unit.valid_to);
}

std::string change_word(const App& app, const Request& request, const awards::Lineage& lineage, const Subject& unit) {
  const auto before = lineage.predecessors(unit.code, unit.valid_from);
  const bool split = std::any_of(before.begin(), before.end(), [](const auto* link) { return link->old_is_split; });
  if (before.size() == 1 && split) return say(app, request, "staff.units.split");
  if (before.size() == 1) return say(app, request, before.front()->old_name == unit.name ? "staff.units.same" : "staff.units.renamed");
  return say(app, request, split ? "staff.units.merged_and_split" : "staff.units.merged");
}

std::vector<const Subject*> units_before(const App& app, const std::string& key) {
  std::vector<const Subject*> before;
  const Subject* unit = unit_named(app, key);
  if (unit == nullptr || unit->valid_from.empty()) return before;
  for (const auto* link : app.facts.lineage().predecessors(unit->code, unit->valid_from)) {
    if (const Subject* old = old_of(app, *link)) before.push_back(old);
  }
  return before;
}

void put_lineage(View& view, const App& app, const Request& request, const std::string& key, int year, const std::string& page) {
  view.set("any_lineage", false);
  const Subject* unit = unit_named(app, key);
  if (unit == nullptr) return;
  const auto& lineage = app.facts.lineage();
  const auto other = [&](View& sentence, const Subject* subject, const std::string& name, const std::string& code, bool is_part, int about) {
    View row;
    const std::string address = subject == nullptr ? "" : page + "?" + to_urlencoded(FormData({{"unit", subject->key}, {"year", std::to_string(about)}}));
    row.set("other_title", name).set("other_code", code).set("only_part", is_part).set("other_href", address).set("has_href", subject != nullptr);
    row.set("other_span", subject == nullptr ? std::string() : span_words(app, request, *subject));
    sentence.add("others", std::move(row));
  };
  const auto before = unit->valid_from.empty() ? std::vector<const awards::LineageLink*>() : lineage.predecessors(unit->code, unit->valid_from);
  if (!before.empty()) {
    View sentence;
    sentence.set("says", say(app, request, "staff.units.says_before",
                             {{"unit", unit->name}, {"day", shown_date(unit->valid_from)}, {"change", change_word(app, request, lineage, *unit)}}));
    for (const auto* link : before) other(sentence, old_of(app, *link), link->old_name, link->old_code, link->old_is_split, year);
    view.add("lineage", std::move(sentence));
  }
  if (!unit->valid_to.empty()) {
    const auto after = lineage.successors(unit->code, unit->valid_to);
    View sentence;
    sentence.set("says", say(app, request, after.empty() ? "staff.units.says_ended" : after.size() > 1 ? "staff.units.says_split" : "staff.units.says_after",
                             {{"unit", unit->name}, {"day", shown_date(unit->valid_to)}}));
    for (const auto* link : after) {
      other(sentence, unit_named(app, awards::unit_key(link->new_code, link->changed_on)), link->new_name, link->new_code, false, year);
    }
    view.add("lineage", std::move(sentence));
  }
  view.set("any_lineage", !before.empty() || !unit->valid_to.empty());
}

}  // namespace khaosat
