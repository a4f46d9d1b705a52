#include "server/pages/staff_award_form.h"

#include <algorithm>

#include "analysis/awards/facts_table.h"
#include "base/csv.h"
#include "base/definition_json.h"
#include "base/text.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"
#include "server/storage/store.h"

namespace khaosat {

namespace {

constexpr std::size_t kMostFaultsShown = 30;

// What an official must know to decide an open point: why the default, and who set it.
std::string hint_of(const App& app, const Request& request, const awards::ReadingSpec& spec) {
  std::string hint = spec.ground.empty() ? "" : spec.ground.in(request.language);
  if (spec.default_value.empty()) {
    hint += (hint.empty() ? "" : " ") + say(app, request, "staff.award.undecided");
  } else {
    const LocalText meaning = spec.meaning_of(spec.default_value);
    const std::string value = meaning.empty() ? spec.default_value : meaning.in(request.language);
    hint += (hint.empty() ? "" : " ") + say(app, request, "staff.award.default",
                                             {{"value", value}, {"who", spec.chosen_by}, {"day", shown_date(spec.chosen_on)}});
  }
  return hint;
}

void add_reading(StaffFields& fields, const App& app, const Request& request, const awards::ReadingSpec& spec) {
  const std::string field = reading_field(spec.name);
  std::vector<FieldChoice> choices;
  for (const auto& choice : spec.choices) {
    choices.push_back({choice.value, choice.meaning.in(request.language), choice.value});
  }
  std::string hint = hint_of(app, request, spec);
  if (spec.kind == awards::ReadingKind::choice) {
    if (spec.default_value.empty()) choices.push_back({"", say(app, request, "staff.award.leave_open"), ""});
    fields.radios(field, choices);
  } else {
    for (const auto& choice : choices) hint += " " + choice.value + ": " + choice.label + ".";
    fields.input(field, spec.kind == awards::ReadingKind::date ? "date" : "text");
  }
  fields.words(spec.title.in(request.language), hint);
}

class InputReading {
 public:
  InputReading(const App& app, const Request& request, const StaffForm& form, const awards::RuleSet& rules)
      : app_(app), request_(request), form_(form), rules_(rules) {}

  Result<AwardInput> read() {
    read_dates();
    TRY_VOID(read_facts());
    read_readings();
    return std::move(input_);
  }

 private:
  void complain(std::string field, std::string sentence) { input_.wrong.push_back({std::move(field), std::move(sentence)}); }
  void complain(const std::string& field, const Faults& faults) {
    for (const auto& fault : faults) {
      if (input_.wrong.size() >= kMostFaultsShown) return;
      complain(field, sentence_of(app_, request_, fault, "facts"));
    }
  }

  void read_dates() {
    const auto year = integer_from(form_.text("year"));
    if (!year || *year < 1990 || *year > 2200) {
      complain("year", say(app_, request_, "staff.fault.year"));
    } else {
      input_.year = static_cast<int>(*year);
    }
    input_.date = form_.text("date");
    if (input_.date.empty() && year) input_.date = std::to_string(*year) + "-12-31";
    if (!is_date(input_.date)) complain("date", say(app_, request_, "staff.fault.date"));
  }

  Result<void> read_facts() {
    std::string text = form_.file_or_text("facts_file", "facts");
    if (trim(text).empty()) {
      const std::string id = form_.text("facts_record");
      if (id.empty() && !form_.text("unit").empty()) return read_register();
      if (id.empty()) {
        complain("facts", say(app_, request_, "staff.fault.facts_missing"));
        return {};
      }
      const auto record = TRY(app_.store.registry().record("facts", id));
      if (!record) {
        complain("facts_record", say(app_, request_, "staff.fault.facts_record"));
        return {};
      }
      text = record->content;
    }
    const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const bool is_json = first != std::string::npos && text[first] == '{';
    Faults faults;
    const auto& ladders = app_.catalog.ladders();
    input_.facts = is_json ? awards::read_facts_json("facts", text, ladders, faults)
                           : awards::read_facts_csv("facts", text, ladders, faults);
    if (is_date(input_.date)) {
      const Faults unknown = awards::check_facts(input_.facts, {&rules_}, input_.date, "facts");
      faults.insert(faults.end(), unknown.begin(), unknown.end());
    }
    complain("facts", faults);
    return {};
  }

  Result<void> read_register() {
    const auto through = integer_from(form_.text("through"));
    auto reading = app_.facts.read({form_.text("unit"), is_date(input_.date) ? input_.date : "", through.value_or(0), &rules_});
    if (!reading && reading.error().code != ErrorCode::unit_not_valid) return fail(reading.error());
    if (!reading) {
      complain("unit", say(app_, request_, "staff.fault.choice"));
      return {};
    }
    input_.facts = std::move(reading->book);
    input_.unit = form_.text("unit");
    input_.through = reading->position;
    input_.about_people = std::move(reading->about_people);
    return {};
  }

  void read_readings() {
    bool departs = false;
    for (const auto& spec : rules_.readings) {
      const std::string field = reading_field(spec.name);
      if (!form_.fields.has(field)) continue;
      if (!form_.fields.one(field)) {
        complain(field, say(app_, request_, "staff.fault.reading"));
        continue;
      }
      std::string value = form_.text(field);
      if (spec.kind == awards::ReadingKind::number && value.find('.') == std::string::npos) std::replace(value.begin(), value.end(), ',', '.');
      if (value == spec.default_value || value.empty()) continue;
      if (!awards::reading_problem(spec, value).empty()) {
        complain(field, say(app_, request_, "staff.fault.reading"));
        continue;
      }
      departs = true;
      input_.readings[spec.name] = {value, form_.text("readings_by"), input_.date, form_.text("readings_source")};
    }
    if (departs && form_.text("readings_by").empty()) complain("readings_by", say(app_, request_, "staff.fault.readings_by"));
  }

  const App& app_;
  const Request& request_;
  const StaffForm& form_;
  const awards::RuleSet& rules_;
  AwardInput input_;
};

}  // namespace

Result<AwardInput> read_award_input(const App& app, const Request& request, const StaffForm& form, const awards::RuleSet& rules) {
  return InputReading(app, request, form, rules).read();
}

Result<HttpResponse> award_form_page(const App& app, const Request& request, const awards::RuleSet& rules,
                                     const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, rules.title.in(request.language), "/staff/awards");
  view.set("issuer", rules.issuer).set("number", rules.number).set("issued", shown_date(rules.date));
  view.set("rules_href", "/staff/awards/rules/" + rules.id);
  if (!rules.note.empty()) view.set("note", rules.note.in(request.language));

  StaffFields facts(app, request, "award", typed, wrong);
  facts.input("year", "number").narrow().input("date", "date").narrow();
  std::vector<FieldChoice> recorded = {{"", say(app, request, "staff.award.no_record"), ""}};
  for (const auto& record : TRY(app.store.registry().records("facts", ""))) {
    recorded.push_back({record.id, shown_date(vietnam_date(record.created)) + " · " + record.author + " · " + record.id.substr(0, 8), ""});
  }
  std::vector<FieldChoice> units = {{"", say(app, request, "staff.award.no_unit"), ""}};
  const auto registered = unit_choices(app, TRY(app.facts.subjects()), TRY(app.facts.entries()));
  units.insert(units.end(), registered.begin(), registered.end());
  facts.select("unit", units);
  StaffFields given(app, request, "award", typed, wrong);
  given.area("facts", 10).input("facts_file", "file").select("facts_record", recorded);
  given.put_fields(view, "given_fields");
  view.set("facts_given", given.has_wrong() || !typed.one("facts_record").value_or("").empty());
  facts.put(view, "fields");

  // Names of open points stand in the second list; the summary of errors is the form's, and made above.
  StaffFields readings(app, request, "award", typed, std::move(wrong));
  for (const auto& spec : rules.readings) add_reading(readings, app, request, spec);
  if (!rules.readings.empty()) readings.input("readings_by").input("readings_source");
  readings.put_fields(view, "reading_fields");
  for (const auto& [name, fact] : rules.facts) {
    View row;
    row.set("fact_name", name).set("fact_title", fact.title.in(request.language)).set("supplier", fact.supplier.in(request.language));
    view.add("needed", std::move(row));
  }
  return staff_page(app, request, "award_form", view, facts.has_wrong() ? 422 : 200);
}

}  // namespace khaosat
