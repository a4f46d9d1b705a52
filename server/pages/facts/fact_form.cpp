// The form of one fact, made from its kind: a new one, or one that takes an earlier one's place.
#include <algorithm>
#include <set>

#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/facts/facts_pages.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using awards::FactKind;
using awards::FactType;
using awards::Subject;

constexpr const char* kCells[] = {"subject", "period", "value", "maximum", "population", "population_size", "criterion", "body", "status", "conduct",
                                  "severity", "due", "done", "quality", "spread", "achievement", "source", "publisher", "number", "date", "evidence",
                                  "vouched_by", "note"};

void add_value(StaffFields& fields, const App& app, const Request& request, const FactKind& kind) {
  switch (kind.type) {
    case FactType::event: return;
    case FactType::truth:
      fields.radios("value", {{"true", say(app, request, "staff.facts.yes"), ""}, {"false", say(app, request, "staff.facts.no"), ""}});
      return;
    case FactType::number:
      fields.input("value").narrow().input("maximum").narrow();
      return;
    case FactType::grade: {
      std::vector<FieldChoice> choices = {{"", say(app, request, "staff.fact.choose"), ""}};
      for (const auto& [id, ladder] : app.catalog.ladders()) {
        if (!kind.ladders.empty() && std::find(kind.ladders.begin(), kind.ladders.end(), id) == kind.ladders.end()) continue;
        for (auto grade = ladder.grades.rbegin(); grade != ladder.grades.rend(); ++grade) {
          choices.push_back({id + "/" + grade->id, grade->name.in(request.language) + " – " + ladder.title.in(request.language), ""});
        }
      }
      fields.select("value", choices);
      return;
    }
    case FactType::rank:
      fields.input("value").narrow().input("population_size").narrow().input("population");
      return;
    case FactType::text: {
      if (kind.words.empty()) {
        fields.input("value");
        return;
      }
      std::vector<FieldChoice> choices;
      for (const auto& word : kind.words) {
        const std::string key = "staff.fact.role_" + word;
        choices.push_back({word, app.locales.has_key("vi", key) ? say(app, request, key) : word, ""});
      }
      fields.radios("value", choices);
      return;
    }
  }
}

void add_details(StaffFields& fields, const App& app, const Request& request, const FactKind& kind, const std::vector<FieldChoice>& bodies) {
  for (const auto& detail : kind.details) {
    const auto words = awards::values_of_detail(detail);
    if (detail == "body") {
      fields.select("body", bodies);
    } else if (!words.empty()) {
      std::vector<FieldChoice> choices = {{"", say(app, request, "staff.fact.not_known"), ""}};
      for (const auto& word : words) choices.push_back({word, detail_word(app, request, detail, word), ""});
      fields.select(detail, choices);
    } else {
      fields.input(detail, detail == "due" || detail == "done" ? "date" : "text");
      if (detail == "due" || detail == "done" || detail == "criterion") fields.narrow();
    }
  }
}

Result<HttpResponse> form_page(const App& app, const Request& request, const FactKind& kind, std::int64_t corrects, const FormData& typed,
                               std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, kind.title.in(request.language), "/staff/facts");
  const auto subjects = TRY(app.facts.subjects());
  std::vector<FieldChoice> about = {{"", say(app, request, "staff.fact.choose"), ""}};
  std::vector<FieldChoice> bodies = about;
  std::set<std::string> persons;
  const auto entries = TRY(app.facts.entries());
  // Units first in which something is recorded; there are many.
  for (const auto& unit : unit_choices(app, subjects, entries)) {
    if (std::find(kind.subjects.begin(), kind.subjects.end(), awards::SubjectKind::unit) != kind.subjects.end()) about.push_back(unit);
    for (const auto& subject : subjects) {
      if (subject.kind == awards::SubjectKind::unit || !lies_in(subjects, subject, unit.value)) continue;
      const Subject* owner = unit_above(subjects, subject);
      if (owner == nullptr || owner->key != unit.value) continue;
      const FieldChoice choice{subject.key, subject_label(subjects, subject), ""};
      if (std::find(kind.subjects.begin(), kind.subjects.end(), subject.kind) != kind.subjects.end()) {
        about.push_back(choice);
        if (subject.kind == awards::SubjectKind::person) persons.insert(subject.key);
      }
      if (subject.kind == awards::SubjectKind::collective) bodies.push_back(choice);
    }
  }
  for (const auto& unit : unit_choices(app, subjects, entries)) bodies.push_back(unit);

  TRY_VOID(note_people(app, request, persons, "choice of people"));
  StaffFields fields(app, request, "fact", typed, std::move(wrong));
  fields.select("subject", about).input("period").narrow();
  add_value(fields, app, request, kind);
  add_details(fields, app, request, kind, bodies);
  std::vector<FieldChoice> sources;
  for (const auto source : kind.accept) {
    const std::string name(awards::name_of(source));
    sources.push_back({name, say(app, request, "staff.fact.source_" + name), say(app, request, "staff.fact.source_" + name + "_hint")});
  }
  fields.radios("source", sources).input("publisher").input("number").input("date", "date").narrow();
  fields.input("vouched_by").input("evidence_file", "file").input("evidence").area("note", 3);
  if (corrects != 0) {
    fields.area("reason", 3).input("holds_from", "date").narrow();
    fields.checks("withdraw", {{"yes", say(app, request, "staff.fact.withdraw_yes"), ""}});
  }
  fields.put(view, "fields");
  view.set("corrects", corrects != 0).set("entry", static_cast<int>(corrects)).set("kind_href", "/staff/facts/kind/" + kind.name);
  view.set("act", corrects != 0 ? "/staff/facts/entry/" + std::to_string(corrects) + "/correct" : "/staff/facts/new/" + kind.name);
  view.set("heading", say(app, request, corrects != 0 ? "staff.fact.correct_title" : "staff.fact.new_title"));
  return staff_page(app, request, "facts_form", view, fields.has_wrong() ? 422 : 200);
}

struct TypedFact {
  FactCells cells;
  std::string evidence_name;
  std::vector<FieldWrong> wrong;
};

Result<TypedFact> read_typed(const App& app, const Request& request, const StaffForm& form, const FactKind& kind) {
  TypedFact typed;
  for (const char* cell : kCells) {
    const std::string value = form.text(cell);
    if (!value.empty()) typed.cells[cell] = value;
  }
  typed.cells["fact"] = kind.name;
  if (const std::string both = form.text("value"); kind.type == FactType::grade && both.find('/') != std::string::npos) {
    typed.cells["ladder"] = both.substr(0, both.find('/'));
    typed.cells["value"] = both.substr(both.find('/') + 1);
  }
  // What people write in this country: 8,5.
  if (kind.type == FactType::number) {
    for (const char* cell : {"value", "maximum"}) {
      const auto found = typed.cells.find(cell);
      if (found != typed.cells.end()) std::replace(found->second.begin(), found->second.end(), ',', '.');
    }
  }
  for (const auto& file : form.files) {
    if (file.field != "evidence_file" || file.bytes.empty()) continue;
    const auto kept = app.evidence.put(file.bytes);
    if (!kept && kept.error().code != ErrorCode::evidence_refused) return fail(kept.error());
    if (!kept) {
      typed.wrong.push_back({"evidence_file", app.locales.sentence(request.language, kept.error())});
      continue;
    }
    typed.cells["evidence"] = kept->digest;
    typed.evidence_name = file.file_name.empty() ? "tệp." + kept->extension : file.file_name;
  }
  return typed;
}

}  // namespace

Result<HttpResponse> show_fact_form(const App& app, const Request& request) {
  const auto* kind = awards::kind_named(app.facts.kinds(), request.params.at(0));
  if (kind == nullptr) return fail(ErrorCode::not_found, "no such kind of fact", request.params.at(0));
  const std::string today = vietnam_date(app.clock.now());
  const auto unit = request.query.one("unit");
  const auto year = request.query.one("year");
  std::vector<std::pair<std::string, std::string>> defaults = {
      {"period", year ? std::string(*year) : today.substr(0, 4)}, {"date", today}, {"vouched_by", signed_in(request)->display_name}, {"source", std::string(awards::name_of(kind->accept.front()))}};
  const bool about_units = std::find(kind->subjects.begin(), kind->subjects.end(), awards::SubjectKind::unit) != kind->subjects.end();
  if (unit && about_units) defaults.emplace_back("subject", std::string(*unit));
  return form_page(app, request, *kind, 0, typed_from(std::move(defaults)), {});
}

Result<HttpResponse> add_fact(const App& app, const Request& request, const StaffForm& form) {
  const auto* kind = awards::kind_named(app.facts.kinds(), request.params.at(0));
  if (kind == nullptr) return fail(ErrorCode::not_found, "no such kind of fact", request.params.at(0));
  auto typed = TRY(read_typed(app, request, form, *kind));
  if (typed.wrong.empty()) {
    const Written written = TRY(app.facts.add("fact", typed.cells, signed_in(request)->account, typed.evidence_name));
    typed.wrong = wrong_fields(app, request, written.faults);
    if (typed.wrong.empty()) return HttpResponse::redirect("/staff/facts/entry/" + std::to_string(written.first));
  }
  return form_page(app, request, *kind, 0, form.fields, std::move(typed.wrong));
}

namespace {

Result<std::pair<RegisterEntry, const FactKind*>> entry_to_correct(const App& app, const Request& request) {
  const auto entry = TRY(app.facts.entry(std::stoll(request.params.at(0))));
  if (entry.removed != 0) return fail(ErrorCode::content_removed, "its content was removed", request.params.at(0));
  if (entry.superseded_by != 0) return fail(ErrorCode::fact_superseded, "a later entry took its place", request.params.at(0));
  const auto* kind = awards::kind_named(app.facts.kinds(), entry.cell("fact"));
  // Subjects and declarations have other fields; they are withdrawn and made anew.
  if (kind == nullptr || entry.record != "fact") return std::pair<RegisterEntry, const FactKind*>{entry, nullptr};
  return std::pair<RegisterEntry, const FactKind*>{entry, kind};
}

Result<HttpResponse> withdrawal_page(const App& app, const Request& request, const RegisterEntry& entry, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.fact.withdraw_title"), "/staff/facts");
  StaffFields fields(app, request, "fact", typed, std::move(wrong));
  fields.area("reason", 3).input("holds_from", "date").narrow();
  fields.put(view, "fields");
  view.set("corrects", true).set("entry", static_cast<int>(entry.number)).set("kind_href", "/staff/facts").set("only_withdraw", true);
  view.set("act", "/staff/facts/entry/" + std::to_string(entry.number) + "/correct").set("heading", say(app, request, "staff.fact.withdraw_title"));
  return staff_page(app, request, "facts_form", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_correction(const App& app, const Request& request) {
  const auto [entry, kind] = TRY(entry_to_correct(app, request));
  if (!entry.person.empty()) TRY_VOID(app.facts.note_reading(signed_in(request)->account, {entry.number}, "correct"));
  if (kind == nullptr) return withdrawal_page(app, request, entry, typed_from({}), {});
  std::vector<std::pair<std::string, std::string>> typed;
  for (const char* cell : kCells) {
    std::string value = entry.cell(cell);
    if (std::string_view(cell) == "value" && kind->type == FactType::grade) value = entry.cell("ladder") + "/" + value;
    if (std::string_view(cell) == "value" && kind->type == FactType::truth) value = value == "true" || value == "1" || value == "có" ? "true" : "false";
    const bool is_number = kind->type == FactType::number && (std::string_view(cell) == "value" || std::string_view(cell) == "maximum");
    typed.emplace_back(cell, is_number ? shown_cell(value) : value);
  }
  // Choices are keys; an imported table may have named the subject by its code.
  const auto subjects = TRY(app.facts.subjects());
  for (auto& [name, value] : typed) {
    if (name != "subject" && name != "body") continue;
    if (const Subject* subject = value.empty() ? nullptr : subject_with(subjects, value)) value = subject->key;
  }
  return form_page(app, request, *kind, entry.number, typed_from(std::move(typed)), {});
}

Result<HttpResponse> correct_fact(const App& app, const Request& request, const StaffForm& form) {
  const auto [entry, kind] = TRY(entry_to_correct(app, request));
  const std::string& author = signed_in(request)->account;
  const bool withdraws = kind == nullptr || form.text("withdraw") == "yes";
  TypedFact typed;
  if (!withdraws) typed = TRY(read_typed(app, request, form, *kind));
  if (!withdraws && typed.evidence_name.empty() && typed.cells["evidence"] == entry.cell("evidence")) typed.evidence_name = entry.evidence_name;
  if (typed.wrong.empty()) {
    const Written written = TRY(app.facts.correct(entry.number, withdraws ? "withdrawn" : "fact", typed.cells, form.text("reason"),
                                                  form.text("holds_from"), author, typed.evidence_name));
    typed.wrong = wrong_fields(app, request, written.faults);
    if (typed.wrong.empty()) return HttpResponse::redirect("/staff/facts/entry/" + std::to_string(written.first));
  }
  if (kind == nullptr) return withdrawal_page(app, request, entry, form.fields, std::move(typed.wrong));
  return form_page(app, request, *kind, entry.number, form.fields, std::move(typed.wrong));
}

}  // namespace khaosat
