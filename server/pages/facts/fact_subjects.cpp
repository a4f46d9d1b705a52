// Bodies and persons that facts are about; units and what became of them.
#include <algorithm>
#include <tuple>

#include "base/text.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_lineage.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/facts/facts_pages.h"
#include "server/pages/staff_page.h"
#include "server/pages/word_search.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using awards::Subject;
using awards::SubjectKind;

// How lists of names are read here: bodies first, by their name; persons by given name, the last word, then
// by the whole. Tones decide only between names that are alike without them.
std::tuple<bool, std::string, std::string, std::string> name_order(bool is_person, const std::string& title) {
  const auto space = title.find_last_of(' ');
  const std::string first = is_person && space != std::string::npos ? title.substr(space + 1) : "";
  return {is_person, search_key(first), search_key(title), title};
}

Result<HttpResponse> subjects_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.subjects.title"), "/staff/facts");
  const auto subjects = TRY(app.facts.subjects());
  const auto entries = TRY(app.facts.entries());
  std::vector<std::int64_t> people;
  const std::string wanted = words_wanted(request);
  std::vector<std::pair<decltype(name_order(true, "")), View>> rows;
  for (const auto& entry : entries) {
    if (entry.record != "subject" || entry.superseded_by != 0 || entry.removed != 0) continue;
    const Subject* subject = subject_with(subjects, entry.cell("subject"));
    const Subject* parent = entry.cell("parent").empty() ? nullptr : subject_with(subjects, entry.cell("parent"));
    const std::string parent_label = parent == nullptr ? std::string() : subject_label(subjects, *parent);
    if (!matches_words(wanted, entry.cell("title") + " " + parent_label + " " + entry.cell("subject"))) continue;
    View row;
    row.set("subject_title", entry.cell("title")).set("subject_code", entry.cell("subject")).set("subject_kind", say(app, request, "staff.subjects.kind_" + entry.cell("kind")));
    row.set("belongs_to", parent_label).set("entry_href", "/staff/facts/entry/" + std::to_string(entry.number));
    row.set("known", subject != nullptr);
    rows.emplace_back(name_order(entry.cell("kind") == "person", entry.cell("title")), std::move(row));
    if (!entry.person.empty()) people.push_back(entry.number);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  view.set("any_subject", !rows.empty()).set("wanted", wanted).set("searched", !wanted.empty());
  for (auto& row : rows) view.add("subjects", std::move(row.second));
  const Role role = signed_in(request)->role;
  view.set("may_write", role == Role::administrator || role == Role::officer);
  std::vector<FieldChoice> parents;
  for (const auto& unit : unit_choices(app, subjects, entries)) {
    parents.push_back(unit);
    for (const auto& subject : subjects) {
      const Subject* owner = subject.kind == SubjectKind::collective ? unit_above(subjects, subject) : nullptr;
      if (owner != nullptr && owner->key == unit.value) parents.push_back({subject.key, subject_label(subjects, subject), ""});
    }
  }
  StaffFields fields(app, request, "subjects", typed, std::move(wrong));
  fields.radios("kind", {{"collective", say(app, request, "staff.subjects.kind_collective"), ""}, {"person", say(app, request, "staff.subjects.kind_person"), ""}});
  fields.input("title").select("parent", parents).input("subject").narrow().input("valid_from", "date").narrow().input("valid_to", "date").narrow();
  fields.put(view, "fields");
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "list of people"));
  return staff_page(app, request, "facts_subjects", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_subjects(const App& app, const Request& request) { return subjects_page(app, request, typed_from({{"kind", "person"}}), {}); }

Result<HttpResponse> add_subject(const App& app, const Request& request, const StaffForm& form) {
  FactCells cells;
  for (const char* cell : {"kind", "title", "parent", "subject", "valid_from", "valid_to"}) cells[cell] = form.text(cell);
  const Written written = TRY(app.facts.add("subject", cells, signed_in(request)->account));
  if (!written.faults.empty()) return subjects_page(app, request, form.fields, wrong_fields(app, request, written.faults));
  return HttpResponse::redirect("/staff/facts/subjects");
}

Result<HttpResponse> show_units(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.units.title"), "/staff/facts");
  const auto& units = app.facts.units();
  std::vector<const Subject*> homonyms;
  for (const auto& unit : units) {
    const auto before = app.facts.lineage().predecessors(unit.code, unit.valid_from);
    if (unit.valid_from.empty() || before.empty()) continue;
    View row;
    row.set("unit_title", unit.name).set("unit_code", unit.code).set("span", span_words(app, request, unit)).set("change", change_word(app, request, app.facts.lineage(), unit));
    for (const auto* link : before) {
      View old;
      old.set("old_title", link->old_name).set("old_code", link->old_code).set("only_part", link->old_is_split);
      old.set("same_name", link->old_name == unit.name).set("same_code", link->old_code == unit.code);
      row.add("before", std::move(old));
    }
    view.add("units", std::move(row));
  }
  for (const auto& unit : units) {
    if (unit.valid_to.empty() || !app.facts.lineage().successors(unit.code, unit.valid_to).empty()) continue;
    view.add("ended", View().set("ended_title", unit.name).set("ended_span", span_words(app, request, unit)));
  }
  return staff_page(app, request, "facts_units", view);
}

}  // namespace khaosat
