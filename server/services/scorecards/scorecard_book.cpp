#include "server/services/scorecards/scorecard_book.h"

#include <algorithm>

#include "analysis/awards/lineage.h"
#include "analysis/disclosure/earlier_publication.h"
#include "analysis/scorecards/scorecard_json.h"
#include "base/bytes.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "server/services/keep_records.h"

namespace khaosat {

using scorecards::Event;
using scorecards::Ledger;
using scorecards::YearPlan;

namespace {

constexpr const char* kYears = "scorecard_year";
constexpr const char* kEvents = "scorecard_event";

std::string hash_of(const std::string& content) { return to_hex(view_of(sha256(content))); }

std::string id_of(const std::string& set, const YearPlan& plan) {
  return hash_of(set + "\n" + plan.unit + "\n" + std::to_string(plan.year)).substr(0, 20);
}

// Sorts as it is counted.
std::string event_id(const std::string& year, std::int64_t number) {
  const std::string digits = std::to_string(number);
  return year + "-" + std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

// "set/3": the definition a year was opened with.
DefinitionIdentity identity_from(const std::string& label) {
  const auto slash = label.rfind('/');
  if (slash == std::string::npos) return {label, 0, ""};
  return {label.substr(0, slash), std::atoi(label.c_str() + slash + 1), ""};
}

Result<YearPlan> plan_from(const Record& record) {
  Faults faults;
  YearPlan plan = scorecards::read_year_plan(record.id, record.content, faults);
  if (!faults.empty() || !is_intact(record)) return fail(ErrorCode::storage_failed, "a kept plan is no longer what was written", record.id);
  return plan;
}

}  // namespace

Result<std::string> ScorecardBook::begin(const scorecards::ScorecardSet& set, const YearPlan& plan, const std::string& author) {
  const DefinitionContent* content = catalog_.content("scorecard", set.identity.id, set.identity.version);
  if (content == nullptr) return fail(ErrorCode::definition_unknown, "no scorecard " + set.identity.label(), set.identity.id);
  TRY_VOID(store_.registry().pin_definition({"scorecard", content->identity, content->text}));
  const std::string text = scorecards::to_json(plan);
  const std::string id = id_of(set.identity.id, plan);
  TRY_VOID(store_.registry().add_record({kYears, id, set.identity.label(), text, hash_of(text), clock_.now(), author}));
  TRY_VOID(store_.registry().append_journal({0, clock_.now(), author, "scorecard.open", id, hash_of(text), ""}));
  return id;
}

Result<std::string> ScorecardBook::open(const std::string& set_id, const YearPlan& plan, const std::string& author) {
  const auto set = catalog_.scorecard(set_id);
  if (!set) return fail(ErrorCode::definition_unknown, "no scorecard \"" + set_id + "\"", set_id);
  const Faults faults = scorecards::check(plan, *set, "plan");
  if (!faults.empty()) return fail(as_error(faults));
  const std::lock_guard lock(mutex_);
  return begin(*set, plan, author);
}

std::shared_ptr<const scorecards::ScorecardSet> ScorecardBook::set_of(const std::vector<scorecards::Sheet>& sheets, Faults& faults) const {
  const auto year = std::find_if(sheets.begin(), sheets.end(), [](const scorecards::Sheet& one) { return one.name == "year"; });
  if (year == sheets.end()) {
    faults.push_back({"", "sheet year", ErrorCode::missing_field, "the sheet is missing"});
    return nullptr;
  }
  const auto cell = [&](std::string_view column) {
    const auto at = std::find(year->columns.begin(), year->columns.end(), column);
    const auto index = static_cast<std::size_t>(at - year->columns.begin());
    return year->rows.empty() || index >= year->rows[0].size() ? std::string() : year->rows[0][index];
  };
  const auto version = integer_from(cell("version"));
  auto set = version && *version > 0 && *version < 1'000'000 ? catalog_.scorecard(cell("scorecard"), static_cast<int>(*version)) : nullptr;
  // Without that version, the newest one says what is wrong with the rest.
  if (!set) set = catalog_.scorecard(cell("scorecard"));
  if (!set) faults.push_back({"", "sheet year, row 2, column scorecard", ErrorCode::definition_unknown, "no scorecard \"" + cell("scorecard") + "\""});
  return set;
}

std::optional<Ledger> ScorecardBook::check(const std::vector<scorecards::Sheet>& sheets, Faults& faults) {
  const auto set = set_of(sheets, faults);
  if (!set) return std::nullopt;
  auto ledger = scorecards::year_from_sheets(set, sheets, faults);
  if (!ledger) return std::nullopt;
  if (!ledger->events().empty() && ledger->events().back().time > clock_.now()) {
    faults.push_back({"", "sheet history, row " + std::to_string(ledger->events().size() + 1) + ", column time", ErrorCode::out_of_range, "an act of the future"});
  }
  if (!unit_key_of(ledger->first_plan())) faults.push_back({"", "sheet year, row 2, column unit", ErrorCode::not_found, "no unit of this code in that year"});
  if (!check_runs(*ledger, faults) && faults.empty()) faults.push_back({"", "sheet history", ErrorCode::storage_failed, "kept runs cannot be read"});
  return faults.empty() ? std::move(ledger) : std::nullopt;
}

Result<std::string> ScorecardBook::import(const std::vector<scorecards::Sheet>& sheets, const std::string& author, Faults& faults) {
  const auto ledger = check(sheets, faults);
  if (!ledger) return fail(as_error(faults));
  const std::lock_guard lock(mutex_);
  const std::string id = id_of(ledger->set().identity.id, ledger->first_plan());
  if (TRY(store_.registry().record(kYears, id))) return fail(ErrorCode::already_exists, "this year stands here already", id);
  // Acts first: until the year's own record is there, nobody sees them, and a second attempt finds the same.
  for (const auto& event : ledger->events()) {
    const auto added = add_event(id, event, author);
    if (!added && added.error().code != ErrorCode::already_exists) return fail(added.error());
  }
  const auto kept = TRY(store_.registry().records(kEvents, id));
  for (const auto& record : kept) {
    const auto same = [&](const Event& event) { return event_id(id, event.number) == record.id && hash_of(scorecards::to_json(event)) == record.hash; };
    if (std::none_of(ledger->events().begin(), ledger->events().end(), same)) {
      return fail(ErrorCode::already_exists, "acts of another attempt stand here; hand in that file again", id);
    }
  }
  return begin(ledger->set(), ledger->first_plan(), author);
}

Result<std::vector<ScorecardYear>> ScorecardBook::years() {
  std::vector<ScorecardYear> all;
  for (const auto& record : TRY(store_.registry().records(kYears, ""))) {
    const YearPlan plan = TRY(plan_from(record));
    all.push_back({record.id, plan.year, plan.unit, plan.unit_name, identity_from(record.subject), record.created, record.author});
  }
  std::sort(all.begin(), all.end(), [](const ScorecardYear& a, const ScorecardYear& b) {
    return std::tuple(-a.year, a.unit, a.set.id) < std::tuple(-b.year, b.unit, b.set.id);
  });
  return all;
}

Result<Ledger> ScorecardBook::ledger(const std::string& id) {
  const auto year = TRY(store_.registry().record(kYears, id));
  if (!year) return fail(ErrorCode::not_found, "no such scorecard year", id);
  const DefinitionIdentity named = identity_from(year->subject);
  const auto pinned = TRY(store_.registry().pinned("scorecard", named.id, named.version));
  if (!pinned) return fail(ErrorCode::storage_failed, "the definition of this year is gone", year->subject);
  Faults faults;
  // As it was when the year began, whatever stands in the folder now.
  auto set = std::make_shared<const scorecards::ScorecardSet>(scorecards::read_scorecard_set(year->subject, pinned->content, faults));
  if (!faults.empty()) return fail(as_error(faults));
  Ledger ledger(std::move(set), TRY(plan_from(*year)));
  auto records = TRY(store_.registry().records(kEvents, id));
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) { return a.id < b.id; });
  for (const auto& record : records) {
    const Event event = scorecards::read_event(record.id, record.content, faults);
    if (!faults.empty() || !is_intact(record) || event_id(id, event.number) != record.id) {
      return fail(ErrorCode::storage_failed, "a kept act is no longer what was written", record.id);
    }
    const auto done = ledger.apply(event);
    if (!done || ledger.events().back().number != event.number) return fail(ErrorCode::storage_failed, "a kept act does not follow from those before it", record.id);
  }
  return ledger;
}

Result<void> ScorecardBook::add_event(const std::string& id, const Event& event, const std::string& author) {
  const std::string content = scorecards::to_json(event);
  TRY_VOID(store_.registry().add_record({kEvents, event_id(id, event.number), id, content, hash_of(content), clock_.now(), author}));
  return store_.registry().append_journal(
      {0, clock_.now(), author, "scorecard." + std::string(scorecards::name_of(event.act)), id + (event.item.empty() ? "" : "/" + event.item), hash_of(content), ""});
}

Result<void> ScorecardBook::act(const std::string& id, Event event, const std::string& account, bool manages) {
  // Whoever could name a run and a value here could make both up.
  if (event.act == scorecards::Act::take_survey) return fail(ErrorCode::scorecard_computed, "points of a survey are read from the kept run", event.item);
  const std::lock_guard lock(mutex_);
  return take(id, std::move(event), account, manages);
}

Result<void> ScorecardBook::take(const std::string& id, Event event, const std::string& account, bool manages) {
  event.account = account;
  event.manages = manages;
  Ledger ledger = TRY(this->ledger(id));
  // A clock set back must not stop the office.
  event.time = ledger.events().empty() ? clock_.now() : std::max(clock_.now(), ledger.events().back().time);
  TRY_VOID(ledger.apply(std::move(event)));
  return add_event(id, ledger.events().back(), account);
}

Result<std::string> ScorecardBook::unit_key_of(const YearPlan& plan) const {
  const std::string day = std::to_string(plan.year) + "-12-31";
  for (const auto& unit : catalog_.units().units()) {
    const std::string& code = unit.code.empty() ? unit.id : unit.code;
    const std::string key = awards::unit_key(code, unit.valid_from);
    const bool is_valid = unit.valid_from <= day && (unit.valid_to.empty() || day <= unit.valid_to);
    if (plan.unit == key || plan.unit == unit.id || (plan.unit == code && is_valid)) return key;
  }
  return fail(ErrorCode::not_found, "no unit \"" + plan.unit + "\" in " + std::to_string(plan.year), plan.unit);
}

Result<double> ScorecardBook::value_in(const Record& record, const scorecards::Item& item, const YearPlan& plan) const {
  if (!is_intact(record)) return fail(ErrorCode::storage_failed, "the kept run is no longer what was written", record.id);
  const auto published = TRY(disclosure::read_earlier_publication(record.content));
  if (published.model.id != item.survey->model || published.year != plan.year) {
    return fail(ErrorCode::not_comparable, "the run is of " + published.model.label() + ", year " + std::to_string(published.year), record.id);
  }
  // Runs name a unit by the register's id.
  const std::string key = TRY(unit_key_of(plan));
  const disclosure::EarlierFigure* figure = nullptr;
  for (const auto& unit : catalog_.units().units()) {
    if (awards::unit_key(unit.code.empty() ? unit.id : unit.code, unit.valid_from) != key) continue;
    const auto at = published.by_node.find({unit.id, item.survey->node});
    if (at != published.by_node.end()) figure = &at->second;
  }
  if (figure == nullptr) return fail(ErrorCode::not_found, "the run tells nothing of this unit and node", record.id);
  if (!figure->value) return fail(ErrorCode::too_few_answers, "the run keeps this figure back", record.id);
  return *figure->value;
}

Result<void> ScorecardBook::check_runs(const Ledger& ledger, Faults& faults) {
  for (const auto& event : ledger.events()) {
    if (event.act != scorecards::Act::take_survey) continue;
    const auto record = TRY(store_.registry().record("index_run", event.run));
    if (!record) continue;
    const auto value = value_in(*record, *ledger.set().find(event.item), ledger.plan());
    const std::string place = "sheet history, row " + std::to_string(event.number + 1) + ", column ";
    if (!value) faults.push_back({"", place + "run", value.error().code, value.error().message});
    else if (*value != *event.value) faults.push_back({"", place + "value", ErrorCode::constraint_broken, "the kept run says " + json_number(*value)});
  }
  return faults.empty() ? Result<void>() : fail(as_error(faults));
}

Result<std::vector<SurveyRun>> ScorecardBook::survey_runs(const std::string& id, const std::string& item) {
  const Ledger now = TRY(ledger(id));
  const scorecards::Item* found = now.set().find(item);
  if (found == nullptr || !found->survey) return fail(ErrorCode::scorecard_computed, "its points do not come from a survey", item);
  std::vector<SurveyRun> runs;
  for (const auto& record : TRY(store_.registry().records("index_run", ""))) {
    const auto value = value_in(record, *found, now.plan());
    if (value) runs.push_back({record.id, record.subject, record.created, record.author, *value});
  }
  std::stable_sort(runs.begin(), runs.end(), [](const SurveyRun& a, const SurveyRun& b) { return a.kept > b.kept; });
  return runs;
}

Result<void> ScorecardBook::take_survey(const std::string& id, const std::string& item, const std::string& run, const std::string& note,
                                        const std::string& account, bool manages) {
  const std::lock_guard lock(mutex_);
  const Ledger now = TRY(ledger(id));
  const scorecards::Item* found = now.set().find(item);
  if (found == nullptr || !found->survey) return fail(ErrorCode::scorecard_computed, "its points do not come from a survey", item);
  const auto record = TRY(store_.registry().record("index_run", run));
  if (!record) return fail(ErrorCode::not_found, "no kept index run of this id", run);
  Event event;
  event.act = scorecards::Act::take_survey;
  event.item = item;
  event.run = run;
  event.value = TRY(value_in(*record, *found, now.plan()));
  event.note = note;
  return take(id, std::move(event), account, manages);
}

}  // namespace khaosat
