// Opening a year, and changing who answers for what and by when. Bodies, persons and assignments are
// typed as tables; what the register of facts knows already stands there to begin with.
#include <algorithm>
#include <array>
#include <set>

#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

using scorecards::ScorecardSet;
using scorecards::Sheet;
using scorecards::Stage;
using scorecards::YearPlan;

constexpr std::array<const char*, 3> kTables = {"bodies", "persons", "assignments"};

std::string field_of(Stage stage, const char* end) { return std::string(scorecards::name_of(stage)) + "_" + end; }

std::string wanted(const Request& request, std::string_view name) {
  const auto value = request.query.one(name);
  return value ? std::string(*value) : std::string();
}

// What the form says, as the sheets that a plan is read from.
std::vector<Sheet> sheets_of(const ScorecardSet& set, const StaffForm& form, const std::string& unit_name, Faults& faults) {
  std::vector<Sheet> sheets = scorecards::sheet_shapes();
  sheets[0].rows = {{form.text("year"), form.text("unit"), unit_name, set.identity.id, std::to_string(set.identity.version)}};
  for (std::size_t i = 0; i < kTables.size(); ++i) {
    const auto text = form.fields.one(kTables[i]);
    sheets[i + 1] = scorecards::read_sheet_csv(kTables[i], text ? *text : std::string_view(), faults);
  }
  for (const Stage stage : scorecards::kStages) {
    sheets[4].rows.push_back({std::string(scorecards::name_of(stage)), form.text(field_of(stage, "from")), form.text(field_of(stage, "until"))});
  }
  return sheets;
}

// Each fault at the field it is about.
std::vector<FieldWrong> wrong_fields_of(const App& app, const Request& request, const Faults& faults) {
  std::vector<FieldWrong> wrong;
  for (const auto& fault : faults) {
    const SheetPlace place = sheet_place(fault.place);
    const bool is_table = std::find(kTables.begin(), kTables.end(), place.sheet) != kTables.end();
    std::string field = is_table ? place.sheet : place.column;
    if (place.sheet == "deadlines") {
      const std::size_t row = place.row.empty() ? 2 : std::stoul(place.row);
      field = field_of(scorecards::kStages[std::min<std::size_t>(row < 2 ? 0 : row - 2, 3)], place.column == "from" ? "from" : "until");
    }
    Fault told = fault;
    if (!is_table) told.place = "column " + place.column;
    std::string sentence = sentence_of_sheet(app, request, told, false);
    // A single field needs no place said.
    if (!is_table) sentence = sentence.substr(sentence.find(": ") == std::string::npos ? 0 : sentence.find(": ") + 2);
    const auto same = [&](const FieldWrong& one) { return one.field == field && one.sentence == sentence; };
    if (std::none_of(wrong.begin(), wrong.end(), same)) wrong.push_back({field, sentence});
  }
  return wrong;
}

std::vector<std::pair<std::string, std::string>> typed_of(const YearPlan& plan, const ScorecardSet& set) {
  std::vector<std::pair<std::string, std::string>> typed = {{"set", set.identity.id}, {"unit", plan.unit}, {"year", std::to_string(plan.year)}};
  const scorecards::Ledger ledger(std::make_shared<const ScorecardSet>(set), plan);
  const auto sheets = scorecards::to_sheets(ledger);
  for (std::size_t i = 0; i < kTables.size(); ++i) typed.emplace_back(kTables[i], scorecards::to_csv(sheets[i + 1]));
  for (const Stage stage : scorecards::kStages) {
    typed.emplace_back(field_of(stage, "from"), plan.window(stage).from);
    typed.emplace_back(field_of(stage, "until"), plan.window(stage).until);
  }
  return typed;
}

// What is known before anybody typed: bodies and persons of the register, one line per field.
Result<YearPlan> proposal(const App& app, const ScorecardSet& set, const std::string& unit, int year) {
  YearPlan plan;
  plan.year = year;
  plan.unit = unit;
  const std::string first = std::to_string(year) + "-01-01";
  // Appraisal goes on in the year after.
  const std::string last = std::to_string(year + 1) + "-12-31";
  const auto subjects = TRY(app.facts.subjects());
  for (const auto& subject : subjects) {
    const auto* owner = unit_above(subjects, subject);
    if (owner == nullptr || owner->key != unit) continue;
    if (subject.kind == awards::SubjectKind::collective) plan.bodies.push_back({subject.code, subject.name, false});
    const auto* above = subject.kind == awards::SubjectKind::person ? subject_with(subjects, subject.parent) : nullptr;
    if (above == nullptr || above->kind != awards::SubjectKind::collective) continue;
    plan.persons.push_back({subject.code, subject.name, above->code, "", subject.valid_from.empty() ? first : subject.valid_from,
                            subject.valid_to.empty() ? last : subject.valid_to});
  }
  for (const auto& item : set.items) {
    if (item.kind == scorecards::ItemKind::field) plan.assignments.push_back({item.id, "", "", scorecards::Duty::member, first, last, ""});
  }
  const std::string next = std::to_string(year + 1);
  plan.windows = {scorecards::Window{next + "-01-02", next + "-01-15"}, scorecards::Window{next + "-01-10", next + "-01-31"},
                  scorecards::Window{next + "-01-16", next + "-02-10"}, scorecards::Window{next + "-02-01", next + "-02-28"}};
  return plan;
}

Result<HttpResponse> plan_page(const App& app, const Request& request, const ScorecardSet& set, const ScorecardSight* sight, const std::string& unit_name,
                               const FormData& typed, std::vector<FieldWrong> wrong, int status) {
  const char* title = sight == nullptr ? "staff.scorecard_plan.new_title" : "staff.scorecard_plan.change_title";
  View view = sight == nullptr ? staff_view(app, request, say(app, request, title), "/staff/scorecards") : scorecard_view(app, request, *sight, say(app, request, title));
  StaffFields dates(app, request, "scorecard_plan", typed, wrong);
  for (const Stage stage : scorecards::kStages) {
    dates.input(field_of(stage, "from"), "date").narrow().input(field_of(stage, "until"), "date").narrow();
  }
  StaffFields tables(app, request, "scorecard_plan", typed, wrong);
  tables.area("bodies", 6).area("persons", 8).area("assignments", 14);
  if (sight != nullptr) tables.area("reason", 3);
  dates.put(view, "unused");
  View date_part;
  dates.put_fields(date_part, "fields");
  View table_part;
  tables.put_fields(table_part, "fields");
  view.set("date_part", std::move(date_part)).set("table_part", std::move(table_part));
  view.set("changes", sight != nullptr).set("set_title", set.title.in(request.language)).set("unit_name", unit_name).set("is_example", set.example);
  for (const char* name : {"set", "unit", "year"}) {
    const auto value = typed.one(name);
    view.set(std::string("typed_") + name, value ? std::string(*value) : std::string());
  }
  view.set("act", sight == nullptr ? std::string("/staff/scorecards") : href_of(*sight) + "/plan");
  for (const auto& item : set.items) {
    view.add("codes", View().set("code", item.code).set("item_id", item.id).set("item_title", item.title.in(request.language)));
  }
  for (const auto& account : TRY(app.accounts.all())) {
    if (account.active) view.add("accounts", View().set("account_name", account.name).set("account_title", account.display_name));
  }
  return staff_page(app, request, "scorecards_plan", view, status);
}

Result<HttpResponse> choice_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.scorecard_plan.new_title"), "/staff/scorecards");
  std::vector<FieldChoice> sets;
  for (const auto& set : app.catalog.scorecards()) {
    if (app.catalog.scorecard(set->identity.id) == set) sets.push_back({set->identity.id, set->title.in(request.language) + " (" + set->identity.label() + ")", ""});
  }
  const auto subjects = TRY(app.facts.subjects());
  StaffFields fields(app, request, "scorecard_plan", typed, std::move(wrong));
  fields.select("set", sets).select("unit", unit_choices(app, subjects, TRY(app.facts.entries()))).input("year", "number").narrow();
  fields.put(view);
  return staff_page(app, request, "scorecards_new", view, fields.has_wrong() ? 422 : 200);
}

// Name of a unit of the register; nothing for a key it does not know.
Result<std::optional<std::string>> name_of_unit(const App& app, const std::string& key) {
  for (const auto& unit : app.facts.units()) {
    if (unit.key == key) return std::optional<std::string>(unit.name);
  }
  const auto subjects = TRY(app.facts.subjects());
  const auto* found = subject_with(subjects, key);
  if (found == nullptr || found->kind != awards::SubjectKind::unit) return std::optional<std::string>();
  return std::optional<std::string>(found->name);
}

}  // namespace

Result<HttpResponse> show_new_scorecard(const App& app, const Request& request) {
  if (!request.query.has("set")) {
    // Most years are scored when they are over.
    const int year = std::stoi(vietnam_date(app.clock.now()).substr(0, 4)) - 1;
    return choice_page(app, request, typed_from({{"year", std::to_string(year)}}), {});
  }
  const auto set = app.catalog.scorecard(wanted(request, "set"));
  const auto year = typed_number(wanted(request, "year"));
  const auto unit_name = TRY(name_of_unit(app, wanted(request, "unit")));
  std::vector<FieldWrong> wrong;
  if (!set) wrong.push_back({"set", say(app, request, "staff.fault.choice")});
  if (!unit_name) wrong.push_back({"unit", say(app, request, "staff.fault.choice")});
  if (!year || *year < 1990 || *year > 2200) wrong.push_back({"year", say(app, request, "staff.fault.year")});
  if (!wrong.empty()) return choice_page(app, request, request.query, std::move(wrong));
  const YearPlan plan = TRY(proposal(app, *set, wanted(request, "unit"), static_cast<int>(*year)));
  std::set<std::string> persons;
  for (const auto& person : plan.persons) persons.insert(person.code);
  TRY_VOID(note_people(app, request, persons, "plan of a scorecard"));
  return plan_page(app, request, *set, nullptr, *unit_name, typed_from(typed_of(plan, *set)), {}, 200);
}

Result<HttpResponse> open_scorecard(const App& app, const Request& request, const StaffForm& form) {
  const auto set = app.catalog.scorecard(form.text("set"));
  const auto unit_name = TRY(name_of_unit(app, form.text("unit")));
  if (!set || !unit_name) return choice_page(app, request, form.fields, {{set ? "unit" : "set", say(app, request, "staff.fault.choice")}});
  Faults faults;
  const auto sheets = sheets_of(*set, form, *unit_name, faults);
  const YearPlan plan = faults.empty() ? scorecards::plan_from_sheets(*set, sheets, faults) : YearPlan();
  if (!faults.empty()) return plan_page(app, request, *set, nullptr, *unit_name, form.fields, wrong_fields_of(app, request, faults), 422);
  const auto opened = app.scorecards.open(set->identity.id, plan, signed_in(request)->account);
  if (!opened && opened.error().code == ErrorCode::already_exists) {
    return plan_page(app, request, *set, nullptr, *unit_name, form.fields, {{"", say(app, request, "staff.fault.scorecard.already_exists")}}, 409);
  }
  if (!opened) return fail(opened.error());
  return HttpResponse::redirect("/staff/scorecards/" + *opened);
}

Result<HttpResponse> show_scorecard_plan(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  if (sight.ledger.is_closed()) return fail(ErrorCode::scorecard_closed, "the year is closed", sight.year.id);
  const YearPlan& plan = sight.ledger.plan();
  TRY_VOID(note_reading(app, sight, "plan"));
  return plan_page(app, request, sight.ledger.set(), &sight, plan.unit_name, typed_from(typed_of(plan, sight.ledger.set())), {}, 200);
}

Result<HttpResponse> change_scorecard_plan(const App& app, const Request& request, const StaffForm& form) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const ScorecardSet& set = sight.ledger.set();
  const std::string& unit_name = sight.ledger.plan().unit_name;
  Faults faults;
  auto sheets = sheets_of(set, form, unit_name, faults);
  // Year and unit are what the year was opened with.
  sheets[0].rows[0][0] = std::to_string(sight.ledger.plan().year);
  sheets[0].rows[0][1] = sight.ledger.plan().unit;
  scorecards::Event event;
  event.act = scorecards::Act::change_plan;
  event.note = form.text("reason");
  if (faults.empty()) event.plan = std::make_shared<const YearPlan>(scorecards::plan_from_sheets(set, sheets, faults));
  if (!faults.empty()) return plan_page(app, request, set, &sight, unit_name, form.fields, wrong_fields_of(app, request, faults), 422);
  const auto done = app.scorecards.act(sight.year.id, std::move(event), sight.account, sight.manages);
  if (done) return HttpResponse::redirect(href_of(sight));
  const int status = http_status_of(done.error().code);
  if (status >= 500) return fail(done.error());
  const std::string field = done.error().code == ErrorCode::scorecard_reason_missing ? "reason" : "";
  return plan_page(app, request, set, &sight, unit_name, form.fields, {{field, app.locales.sentence(request.language, done.error())}}, status);
}

}  // namespace khaosat
