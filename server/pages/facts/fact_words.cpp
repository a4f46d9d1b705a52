#include "server/pages/facts/fact_words.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/decimal.h"
#include "base/definition_json.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/shown_number.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_session.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using awards::FactType;
using awards::Subject;
using awards::SubjectKind;

std::string join(const std::vector<std::string>& parts, const char* between) {
  std::string text;
  for (const auto& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : between) + part;
  }
  return text;
}

std::string shown_or_text(const std::string& day) { return is_date(day) ? shown_date(day) : day; }

}  // namespace

std::string detail_word(const App& app, const Request& request, const std::string& detail, const std::string& value) {
  const std::string key = "staff.fact." + detail + "_" + value;
  if (!awards::values_of_detail(detail).empty() && app.locales.has_key("vi", key)) return say(app, request, key);
  return detail == "due" || detail == "done" ? shown_or_text(value) : value;
}

std::string shown_cell(const std::string& cell) {
  const auto number = decimal_from(cell);
  return number ? shown_number(*number) : cell;
}

std::string words_of_cells(const App& app, const Request& request, const awards::FactKind* kind, const RegisterEntry& entry) {
  std::vector<std::string> parts;
  const std::string value = entry.cell("value");
  if (entry.record == "withdrawn") return say(app, request, "staff.facts.withdrawn");
  if (entry.record == "subject") return entry.cell("title");
  if (entry.record == "register") return say(app, request, "staff.facts.declared_complete");
  if (kind != nullptr && kind->type == FactType::grade) {
    const auto ladder = app.catalog.ladders().find(entry.cell("ladder"));
    const auto place = ladder == app.catalog.ladders().end() ? std::nullopt : ladder->second.position(value);
    parts.push_back(place ? ladder->second.grades[*place].name.in(request.language) : value);
  } else if (kind != nullptr && kind->type == FactType::rank) {
    parts.push_back(say(app, request, "staff.facts.rank", {{"rank", value}, {"size", entry.cell("population_size")}, {"population", entry.cell("population")}}));
  } else if (kind != nullptr && kind->type == FactType::truth) {
    parts.push_back(say(app, request, value == "true" || value == "1" ? "staff.facts.yes" : "staff.facts.no"));
  } else if (kind != nullptr && kind->name == "holds_role" && app.locales.has_key("vi", "staff.fact.role_" + value)) {
    parts.push_back(say(app, request, "staff.fact.role_" + value));
  } else {
    const bool is_number = kind != nullptr && kind->type == FactType::number;
    parts.push_back((is_number ? shown_cell(value) : value) + (entry.cell("maximum").empty() ? "" : "/" + shown_cell(entry.cell("maximum"))));
  }
  for (const char* name : awards::kDetailNames) {
    const std::string detail = entry.cell(name);
    if (detail.empty() || std::string_view(name) == "body") continue;
    parts.push_back(say(app, request, std::string("staff.fact.") + name) + ": " + detail_word(app, request, name, detail));
  }
  return join(parts, " · ");
}

std::string source_of_cells(const App& app, const Request& request, const RegisterEntry& entry) {
  std::vector<std::string> parts;
  if (!entry.cell("source").empty()) parts.push_back(say(app, request, "staff.fact.source_" + entry.cell("source")));
  parts.push_back(entry.cell("publisher"));
  parts.push_back(entry.cell("number"));
  parts.push_back(shown_or_text(entry.cell("date")));
  if (!entry.cell("vouched_by").empty()) parts.push_back(say(app, request, "staff.facts.vouched", {{"who", entry.cell("vouched_by")}}));
  return join(parts, ", ");
}

std::vector<FieldWrong> wrong_fields(const App& app, const Request& request, const Faults& faults) {
  std::vector<FieldWrong> wrong;
  for (const auto& fault : faults) {
    const auto at = fault.place.find("column ");
    std::string column = at == std::string::npos ? "" : fault.place.substr(at + 7);
    const std::string code(name_of(fault.code));
    std::string sentence;
    for (const std::string& key : {"staff.fault.facts." + column + "." + code, "staff.fault.facts." + code}) {
      if (sentence.empty() && app.locales.has_key("vi", key)) sentence = say(app, request, key);
    }
    if (sentence.empty()) sentence = app.locales.sentence(request.language, {fault.code, "", "", {}});
    if (fault.code == ErrorCode::fact_invalid || fault.code == ErrorCode::unknown_option) sentence += " (" + fault.message + ")";
    // What a choice of grades is made of stands in one field.
    if (column == "ladder") column = "value";
    const bool doubled = std::any_of(wrong.begin(), wrong.end(), [&](const FieldWrong& one) { return one.field == column && one.sentence == sentence; });
    if (!doubled) wrong.push_back({column, sentence});
  }
  return wrong;
}

const Subject* subject_with(const std::vector<Subject>& subjects, std::string_view key_or_code) {
  for (const auto& subject : subjects) {
    if (subject.key == key_or_code) return &subject;
  }
  const Subject* only = nullptr;
  for (const auto& subject : subjects) {
    if (subject.code != key_or_code) continue;
    if (only != nullptr) return nullptr;
    only = &subject;
  }
  return only;
}

const Subject* unit_above(const std::vector<Subject>& subjects, const Subject& start) {
  const Subject* at = &start;
  for (int steps = 0; at != nullptr && steps < 20; ++steps) {
    if (at->kind == SubjectKind::unit) return at;
    at = subject_with(subjects, at->parent);
  }
  return nullptr;
}

bool lies_in(const std::vector<Subject>& subjects, const Subject& start, std::string_view unit) {
  const Subject* at = &start;
  for (int steps = 0; at != nullptr && steps < 20; ++steps) {
    if (at->key == unit) return true;
    at = at->parent.empty() ? nullptr : subject_with(subjects, at->parent);
  }
  return false;
}

std::string subject_label(const std::vector<Subject>& subjects, const Subject& subject) {
  std::vector<std::string> above;
  const Subject* at = subject.kind == SubjectKind::unit || subject.parent.empty() ? nullptr : subject_with(subjects, subject.parent);
  while (at != nullptr) {
    above.push_back(at->name);
    at = at->kind == SubjectKind::unit || at->parent.empty() ? nullptr : subject_with(subjects, at->parent);
  }
  std::string label = subject.name;
  if (!above.empty()) label += " (" + join(above, ", ") + ")";
  // Two units may bear one name, one after the other.
  if (subject.kind == SubjectKind::unit && !subject.valid_to.empty()) label += " – " + shown_or_text(subject.valid_to);
  if (subject.kind == SubjectKind::unit && !subject.valid_from.empty()) label += ", " + shown_or_text(subject.valid_from) + " –";
  return label;
}

namespace {

// The administrative unit an entry is about; null where it names nobody in the register.
const Subject* unit_of(const std::vector<Subject>& subjects, const RegisterEntry& entry) {
  const std::string named = entry.record == "subject" ? entry.cell("parent") : entry.cell("subject");
  const Subject* subject = named.empty() ? nullptr : subject_with(subjects, named);
  return subject == nullptr ? nullptr : unit_above(subjects, *subject);
}

}  // namespace

std::vector<FieldChoice> unit_choices(const App&, const std::vector<Subject>& subjects, const std::vector<RegisterEntry>& entries) {
  std::set<std::string> used;
  for (const auto& entry : entries) {
    if (const Subject* unit = unit_of(subjects, entry)) used.insert(unit->key);
  }
  std::vector<FieldChoice> choices;
  for (const bool first : {true, false}) {
    for (const auto& subject : subjects) {
      if (subject.kind == SubjectKind::unit && used.contains(subject.key) == first) choices.push_back({subject.key, subject_label(subjects, subject), ""});
    }
  }
  return choices;
}

std::string shown_period(const App& app, const Request& request, std::string_view period) {
  const auto span = awards::Period::parse(period);
  if (!span) return std::string(period);
  const std::string text = span->text();
  if (text.size() == 4) return say(app, request, "period.year", {{"year", text}});
  if (text.size() == 7) {
    return say(app, request, "period.month", {{"year", text.substr(0, 4)}, {"month", std::to_string(std::stoi(text.substr(5)))}});
  }
  if (span->from == span->to) return shown_date(span->from);
  return say(app, request, "period.span", {{"from", shown_date(span->from)}, {"to", shown_date(span->to)}});
}

std::optional<awards::Period> period_of(const RegisterEntry& entry) { return awards::Period::parse(entry.cell("period")); }

bool touches_year(const RegisterEntry& entry, int year) {
  const auto period = period_of(entry);
  return period && period->overlaps(awards::Period::of_year(year));
}

int wanted_year(const App& app, const Request& request, const std::vector<RegisterEntry>& entries) {
  if (const auto asked = request.query.one("year")) {
    if (const auto year = integer_from(*asked); year && *year > 1990 && *year < 2200) return static_cast<int>(*year);
  }
  int newest = 0;
  for (const auto& entry : entries) {
    const auto period = entry.superseded_by == 0 ? period_of(entry) : std::nullopt;
    if (period) newest = std::max(newest, period->first_year());
  }
  return newest != 0 ? newest : static_cast<int>(integer_from(vietnam_date(app.clock.now()).substr(0, 4)).value_or(2026));
}

std::string wanted_unit(const Request& request, const std::vector<FieldChoice>& units, const std::vector<Subject>& subjects,
                        const std::vector<RegisterEntry>& entries, int year) {
  const auto asked = request.query.one("unit");
  for (const auto& unit : units) {
    if (asked && unit.value == *asked) return unit.value;
  }
  // Nobody opens the register to look at an empty table.
  std::map<std::string, int> in_year;
  for (const auto& entry : entries) {
    const Subject* unit = touches_year(entry, year) ? unit_of(subjects, entry) : nullptr;
    if (unit != nullptr) ++in_year[unit->key];
  }
  std::string best = units.empty() ? "" : units.front().value;
  for (const auto& unit : units) {
    if (in_year[unit.value] > in_year[best]) best = unit.value;
  }
  return best;
}

Result<void> note_people(const App& app, const Request& request, const std::set<std::string>& persons, const std::string& purpose) {
  std::vector<std::int64_t> shown;
  for (const auto& entry : TRY(app.facts.entries())) {
    const bool is_name = entry.record == "subject" && entry.superseded_by == 0 && entry.removed == 0;
    if (is_name && !entry.person.empty() && persons.contains(entry.person)) shown.push_back(entry.number);
  }
  return app.facts.note_reading(signed_in(request)->account, shown, purpose);
}

}  // namespace khaosat
