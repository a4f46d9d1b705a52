#include "server/services/facts/fact_register.h"

#include <algorithm>
#include <set>

#include "analysis/awards/fact_rows.h"
#include "analysis/awards/facts_table.h"
#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/text.h"
#include "server/catalog/retention.h"
#include "server/services/facts/fact_excerpt.h"
#include "server/storage/fact_entries.h"

namespace khaosat {

namespace {

using awards::Subject;
using awards::SubjectKind;

std::string key_of(const Unit& unit) { return awards::unit_key(unit.code.empty() ? unit.id : unit.code, unit.valid_from); }

std::vector<Subject> subjects_from(const UnitRegister& units) {
  std::vector<Subject> subjects;
  for (const auto& unit : units.units()) {
    if (unit.level == UnitLevel::village) continue;
    const Unit* parent = units.find(unit.parent);
    subjects.push_back({key_of(unit), unit.code.empty() ? unit.id : unit.code, SubjectKind::unit, unit.name.in("vi"),
                        parent == nullptr ? "" : key_of(*parent), unit.valid_from, unit.valid_to, unit.id});
  }
  return subjects;
}

awards::Lineage lineage_from(const UnitRegister& units) {
  std::vector<awards::LineageLink> links;
  for (const auto& unit : units.units()) {
    for (const auto& id : unit.predecessors) {
      const Unit* old = units.find(id);
      if (old == nullptr || unit.level == UnitLevel::village) continue;
      links.push_back({old->code.empty() ? old->id : old->code, old->name.in("vi"), unit.code.empty() ? unit.id : unit.code,
                       unit.name.in("vi"), unit.valid_from, units.successors_of(id).size() > 1});
    }
  }
  return awards::Lineage(std::move(links));
}

// The column that a check of the whole book is about, where its fault names only a row.
const char* column_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::grade_not_on_ladder:
    case ErrorCode::points_above_maximum:
    case ErrorCode::out_of_range: return "value";
    case ErrorCode::rank_without_population: return "population";
    case ErrorCode::two_heads: return "body";
    case ErrorCode::unit_not_valid: return "period";
    case ErrorCode::duplicate_key: return "subject";
    case ErrorCode::missing_field: return "parent";
    default: return "";
  }
}

std::string with_column(const std::string& place, ErrorCode code) {
  const std::string column = column_of(code);
  if (column.empty() || place.find("column ") != std::string::npos) return place;
  return place + (place.empty() ? "" : ", ") + "column " + column;
}

FactCells without_empty(FactCells cells) {
  std::erase_if(cells, [](const auto& cell) { return cell.second.empty() || cell.first == "record"; });
  return cells;
}

}  // namespace

FactRegister::FactRegister(Store& store, const Catalog& catalog, const Clock& clock)
    : store_(store), catalog_(catalog), clock_(clock), units_(subjects_from(catalog.units())), lineage_(lineage_from(catalog.units())) {
  std::vector<const awards::RuleSet*> rules;
  for (const auto& one : catalog.all_award_rules()) rules.push_back(one.get());
  kinds_ = awards::fact_kinds(rules);
  // The newest file decides; kinds that only a rule file knows go by `otherwise`.
  int newest = 0;
  for (const auto* content : catalog.contents()) {
    if (content->kind != "retention" || content->identity.version <= newest) continue;
    newest = content->identity.version;
    const Retention retention = read_retention(content->file, content->text).retention;
    for (auto& kind : kinds_) {
      const auto own = retention.years.find(kind.name);
      kind.retention_years = own == retention.years.end() ? retention.otherwise : own->second;
    }
  }
}

Result<void> FactRegister::refresh() {
  const std::int64_t last = entries_.empty() ? 0 : entries_.back().number;
  std::vector<FactEntry> rows;
  TRY_VOID(store_.registry().each_fact_entry(last, [&](const FactEntry& row) { rows.push_back(row); }));
  if (rows.empty()) return {};
  for (const auto& row : rows) {
    entries_.push_back(TRY(register_entry_from(row)));
    if (row.supersedes > 0) entries_[static_cast<std::size_t>(row.supersedes - 1)].superseded_by = row.number;
  }
  std::set<std::string, std::less<>> people;
  for (const auto& entry : entries_) {
    if (entry.record == "subject" && entry.cell("kind") == "person") people.insert(entry.cell("subject"));
  }
  for (auto& entry : entries_) {
    const std::string subject = entry.cell("subject");
    entry.person = people.contains(subject) ? subject : "";
  }
  return {};
}

Result<std::vector<RegisterEntry>> FactRegister::entries() {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  return entries_;
}

Result<RegisterEntry> FactRegister::entry(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  if (number < 1 || static_cast<std::size_t>(number) > entries_.size()) {
    return fail(ErrorCode::not_found, "there is no such entry in the register of facts", std::to_string(number));
  }
  return entries_[static_cast<std::size_t>(number - 1)];
}

void FactRegister::take_rows(const RegisterEntry& entry, const std::string& where, awards::FactRows& rows, Faults& faults) const {
  if (entry.removed != 0 || entry.record == "withdrawn") return;
  awards::FactRowSource row;
  row.where = where;
  row.cell = [&](std::string_view column) -> std::string {
    if (column == "type" && entry.record == "fact") {
      const auto* kind = awards::kind_named(kinds_, entry.cell("fact"));
      const std::string given = entry.cell("type");
      return given.empty() && kind != nullptr ? std::string(awards::name_of(kind->type)) : given;
    }
    // The code of the unit it belongs to may have passed to another since: it ends with the one meant.
    if (column == "valid_to" && entry.record == "subject" && entry.cell("valid_to").empty()) {
      const std::string parent = entry.cell("parent");
      const auto heirs = std::count_if(units_.begin(), units_.end(), [&](const Subject& unit) { return unit.code == parent; });
      for (const auto& unit : units_) {
        if (heirs > 1 && unit.key == parent) return unit.valid_to;
      }
    }
    return entry.cell(column);
  };
  row.fault = [&](ErrorCode code, std::string_view column, std::string message) {
    faults.push_back({rows.file, where + (where.empty() ? "" : ", ") + "column " + std::string(column), code, std::move(message)});
  };
  awards::add_fact_row(row, entry.record, rows);
}

awards::FactRows FactRegister::rows_in_force(const FactScope& scope, std::vector<std::int64_t>* used, std::size_t* removed, Faults& faults) const {
  awards::FactRows rows;
  rows.file = "register";
  rows.subjects = units_;
  const auto applies = [&](const RegisterEntry& later) {
    return (scope.through == 0 || later.number <= scope.through) &&
           (scope.day.empty() || later.holds_from.empty() || later.holds_from <= scope.day);
  };
  for (const auto& root : entries_) {
    if (root.supersedes != 0 || !(scope.through == 0 || root.number <= scope.through)) continue;
    const RegisterEntry* at = &root;
    while (at->superseded_by != 0 && applies(entries_[static_cast<std::size_t>(at->superseded_by - 1)])) {
      at = &entries_[static_cast<std::size_t>(at->superseded_by - 1)];
    }
    if (at->removed != 0 && removed != nullptr) ++*removed;
    take_rows(*at, "entry " + std::to_string(at->number), rows, faults);
    if (used != nullptr && !at->person.empty() && at->removed == 0) used->push_back(at->number);
  }
  return rows;
}

Result<std::vector<Subject>> FactRegister::subjects() {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  Faults faults;
  return awards::FactBook::build(rows_in_force({}, nullptr, nullptr, faults), catalog_.ladders(), faults).subjects();
}

Result<FactReading> FactRegister::read(const FactScope& scope) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  FactReading reading;
  reading.position = scope.through != 0 ? scope.through : static_cast<std::int64_t>(entries_.size());
  std::vector<std::int64_t> people;
  awards::FactBook all = awards::FactBook::build(rows_in_force(scope, &people, &reading.removed, reading.faults), catalog_.ladders(), reading.faults);
  if (!scope.unit.empty() && all.subject(scope.unit) == nullptr) {
    return fail(ErrorCode::unit_not_valid, "no unit has this key", scope.unit);
  }
  Faults again;  // nothing new: the rows were sound
  reading.book = awards::FactBook::build(excerpt_for(all, scope, lineage_), catalog_.ladders(), again);
  for (const auto number : people) {
    const auto& entry = entries_[static_cast<std::size_t>(number - 1)];
    if (reading.book.subject_named(entry.person) != nullptr) reading.about_people.push_back(number);
  }
  return reading;
}

Faults FactRegister::check(const std::vector<RegisterEntry>& fresh, const std::vector<std::string>& places, const std::string& file) const {
  Faults faults;
  std::set<std::int64_t> replaced;
  for (const auto& entry : fresh) replaced.insert(entry.supersedes);
  awards::FactRows rows;
  rows.file = "register";
  rows.subjects = units_;
  Faults old;
  for (const auto& entry : entries_) {
    if (entry.superseded_by == 0 && !replaced.contains(entry.number)) take_rows(entry, "entry " + std::to_string(entry.number), rows, old);
  }
  awards::FactRows before = rows;
  awards::FactBook::build(std::move(before), catalog_.ladders(), old);
  rows.file = file;
  const std::string today = vietnam_date(clock_.now());
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const std::string place = places[i] + (places[i].empty() ? "" : ", ");
    const std::string name = fresh[i].cell("fact");
    if (!name.empty() && awards::kind_named(kinds_, name) == nullptr) {
      std::vector<std::string> names;
      for (const auto& kind : kinds_) names.push_back(kind.name);
      const auto near = nearest(name, names);
      faults.push_back({file, place + "column fact", ErrorCode::fact_unknown,
                        "no kind of fact is called \"" + name + "\"" + (near ? "; did you mean \"" + *near + "\"?" : "")});
      continue;
    }
    take_rows(fresh[i], places[i], rows, faults);
    if (fresh[i].record != "subject" && fresh[i].cell("date") > today) {
      faults.push_back({file, place + "column date", ErrorCode::out_of_range, "lies after today, " + today});
    }
  }
  Faults after;
  const awards::FactBook book = awards::FactBook::build(std::move(rows), catalog_.ladders(), after);
  for (auto& fault : after) {
    const bool known = std::any_of(old.begin(), old.end(), [&](const Fault& one) { return one.place == fault.place && one.code == fault.code; });
    if (known) continue;
    fault.place = with_column(fault.place, fault.code);
    faults.push_back(std::move(fault));
  }
  for (const auto& fact : book.facts()) {
    if (fact.where.starts_with("entry ")) continue;
    const Subject* subject = book.subject(fact.subject);
    if (subject != nullptr) awards::check_kind(fact, subject->kind, kinds_, file, faults);
  }
  return faults;
}

Result<Written> FactRegister::write(std::vector<RegisterEntry> fresh, const std::vector<std::string>& places, const std::string& action,
                                    const std::string& detail, const std::string& author) {
  Written written;
  written.faults = check(fresh, places, action == "facts.import" ? "table" : "form");
  if (!written.faults.empty() || fresh.empty()) return written;
  std::vector<FactEntry> rows;
  for (auto& entry : fresh) {
    FactEntry row;
    row.content = register_entry_to_json(entry);
    row.hash = to_hex(view_of(sha256(row.content)));
    row.supersedes = entry.supersedes;
    row.created = clock_.now();
    row.author = author;
    rows.push_back(std::move(row));
  }
  written.count = rows.size();
  written.first = TRY(store_.registry().append_fact_entries(std::move(rows), {0, clock_.now(), author, action, "", detail, ""}));
  TRY_VOID(refresh());
  return written;
}

Result<Written> FactRegister::add(std::string record, FactCells cells, const std::string& author, std::string evidence_name) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  RegisterEntry entry;
  entry.record = std::move(record);
  entry.cells = without_empty(std::move(cells));
  entry.evidence_name = std::move(evidence_name);
  if (entry.record == "subject" && entry.cell("subject").empty()) {
    entry.cells["subject"] = (entry.cell("kind") == "person" ? "nv_" : "bp_") + fold_case(to_base32(random_bytes(5), 8));
  }
  const std::string detail = entry.record == "subject" ? entry.cell("kind") : entry.cell("fact");
  const char* action = entry.record == "register" ? "facts.declare" : "facts.add";
  return write({std::move(entry)}, {""}, action, detail, author);
}

Result<const RegisterEntry*> FactRegister::replaceable(std::int64_t number) const {
  if (number < 1 || static_cast<std::size_t>(number) > entries_.size()) {
    return fail(ErrorCode::not_found, "there is no such entry in the register of facts", std::to_string(number));
  }
  const RegisterEntry& earlier = entries_[static_cast<std::size_t>(number - 1)];
  if (earlier.removed != 0) return fail(ErrorCode::content_removed, "its content was removed", std::to_string(number));
  if (earlier.superseded_by != 0) return fail(ErrorCode::fact_superseded, "a later entry took its place", std::to_string(earlier.superseded_by));
  return &earlier;
}

Result<Written> FactRegister::correct(std::int64_t number, std::string record, FactCells cells, std::string reason, std::string holds_from,
                                      const std::string& author, std::string evidence_name) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  const RegisterEntry& earlier = *TRY(replaceable(number));
  Written refused;
  const auto refuse = [&](ErrorCode code, const char* column, const char* message) {
    refused.faults.push_back({"form", std::string("column ") + column, code, message});
  };
  if (trim(reason).empty()) refuse(ErrorCode::missing_field, "reason", "say why the entry is corrected");
  if (!holds_from.empty() && !is_date(holds_from)) refuse(ErrorCode::wrong_type, "holds_from", "is not a day");
  if (!refused.faults.empty()) return refused;
  RegisterEntry entry;
  entry.record = std::move(record);
  entry.supersedes = number;
  entry.reason = std::move(reason);
  entry.holds_from = std::move(holds_from);
  entry.evidence_name = std::move(evidence_name);
  if (entry.record != "withdrawn") entry.cells = without_empty(std::move(cells));
  // The subject of an entry withdrawn stays known, so that the person's record shows it.
  if (entry.record == "withdrawn") entry.cells = {{"subject", earlier.cell("subject")}, {"fact", earlier.cell("fact")}};
  const std::string detail = earlier.cell("fact").empty() ? earlier.record : earlier.cell("fact");
  return write({std::move(entry)}, {""}, "facts.correct", detail + " supersedes " + std::to_string(number), author);
}

Result<Written> FactRegister::revise(std::vector<Revision> revisions, const std::string& detail, const std::string& author) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  std::vector<RegisterEntry> fresh;
  std::vector<std::string> places;
  for (auto& one : revisions) {
    RegisterEntry entry;
    entry.record = std::move(one.record);
    entry.supersedes = one.supersedes;
    entry.cells = without_empty(std::move(one.cells));
    if (one.supersedes != 0) {
      const RegisterEntry& earlier = *TRY(replaceable(one.supersedes));
      if (trim(one.reason).empty()) return fail(ErrorCode::missing_field, "say why the entry is corrected", std::to_string(one.supersedes));
      entry.reason = std::move(one.reason);
      if (entry.record == "withdrawn") entry.cells = {{"subject", earlier.cell("subject")}, {"fact", earlier.cell("fact")}};
    }
    places.push_back("row " + std::to_string(places.size() + 1));
    fresh.push_back(std::move(entry));
  }
  return write(std::move(fresh), places, "facts.revise", detail, author);
}

Result<Written> FactRegister::import_csv(std::string_view text, const std::string& author) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(refresh());
  Written written;
  std::vector<RegisterEntry> fresh;
  std::vector<std::string> places;
  std::set<std::pair<std::string, FactCells>> there;
  for (const auto& entry : entries_) {
    if (entry.superseded_by == 0 && entry.removed == 0) there.insert({entry.record, entry.cells});
  }
  for (auto& row : awards::read_cells_csv("table", text, written.faults)) {
    RegisterEntry entry;
    entry.record = row.cells["record"];
    entry.cells = without_empty({row.cells.begin(), row.cells.end()});
    // A unit of the definitions is there already.
    const bool unit_known = entry.record == "subject" && entry.cell("kind") == "unit" &&
                            std::any_of(units_.begin(), units_.end(), [&](const Subject& unit) {
                              return unit.code == entry.cell("subject") && (entry.cell("valid_from").empty() || unit.valid_from == entry.cell("valid_from"));
                            });
    if (unit_known || !there.insert({entry.record, entry.cells}).second) {
      ++written.known;
      continue;
    }
    fresh.push_back(std::move(entry));
    places.push_back(row.where);
  }
  const std::size_t known = written.known;
  if (!written.faults.empty()) {
    const Faults more = check(fresh, places, "table");
    written.faults.insert(written.faults.end(), more.begin(), more.end());
    return written;
  }
  const std::string detail = std::to_string(fresh.size()) + " rows";
  written = TRY(write(std::move(fresh), places, "facts.import", detail, author));
  written.known = known;
  return written;
}

Result<void> FactRegister::note_reading(const std::string& account, const std::vector<std::int64_t>& numbers, const std::string& purpose) {
  if (numbers.empty()) return {};
  std::vector<std::int64_t> sorted = numbers;
  std::sort(sorted.begin(), sorted.end());
  return store_.registry().append_journal({0, clock_.now(), account, "facts.read", fact_numbers(sorted), purpose, ""});
}

Result<void> FactRegister::remove(const std::vector<std::int64_t>& numbers, const std::string& detail, const std::string& account) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(store_.registry().remove_fact_contents(numbers, {0, clock_.now(), account, "facts.remove", "", detail, ""}));
  entries_.clear();  // read anew: what was removed must not stay in memory
  return refresh();
}

}  // namespace khaosat
