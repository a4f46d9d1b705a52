#include "server/pages/scorecards/scorecard_words.h"

#include <algorithm>
#include <cmath>

#include "base/csv.h"
#include "base/json_text.h"
#include "base/text.h"
#include "server/pages/design.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_session.h"

namespace khaosat {

using scorecards::Act;
using scorecards::Ledger;
using scorecards::State;
using scorecards::YearPlan;

bool manages_scorecards(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

bool may_see_scorecard(const Request& request, const YearPlan& plan) {
  const SignedIn* who = signed_in(request);
  const auto acts_here = [&](const scorecards::Person& person) { return person.account == who->account; };
  return manages_scorecards(request) || who->role == Role::jury || std::any_of(plan.persons.begin(), plan.persons.end(), acts_here);
}

Result<ScorecardSight> scorecard_of(const App& app, const Request& request) {
  const std::string& id = request.params.at(0);
  ScorecardSight sight{{}, TRY(app.scorecards.ledger(id)), signed_in(request)->account, manages_scorecards(request), "", 0};
  for (auto& year : TRY(app.scorecards.years())) {
    if (year.id == id) sight.year = std::move(year);
  }
  if (!may_see_scorecard(request, sight.ledger.plan())) return fail(ErrorCode::scorecard_not_yours, "no place in this year's plan", id);
  // The same time that the book will write.
  sight.now = app.clock.now();
  if (!sight.ledger.events().empty()) sight.now = std::max(sight.now, sight.ledger.events().back().time);
  sight.today = vietnam_date(sight.now);
  return sight;
}

Result<void> note_reading(const App& app, const ScorecardSight& sight, const std::string& item) {
  return app.store.registry().append_journal({0, app.clock.now(), sight.account, "scorecard.read", sight.year.id + (item.empty() ? "" : "/" + item), "", ""});
}

std::string href_of(const ScorecardSight& sight) { return "/staff/scorecards/" + sight.year.id; }

std::string title_of(const App& app, const Request& request, const YearPlan& plan) {
  return say(app, request, "staff.scorecard.of", {{"year", std::to_string(plan.year)}, {"unit", plan.unit_name}});
}

View scorecard_view(const App& app, const Request& request, const ScorecardSight& sight, const std::string& title) {
  View view = staff_view(app, request, title, "/staff/scorecards");
  view.set("year_href", href_of(sight)).set("year_title", title_of(app, request, sight.ledger.plan()));
  view.set("set_title", sight.ledger.set().title.in(request.language)).set("set_label", sight.ledger.set().identity.label());
  view.set("is_example", sight.ledger.set().example).set("manages", sight.manages).set("is_closed", sight.ledger.is_closed());
  const bool imported = is_imported(sight.year, sight.ledger);
  view.set("was_imported", imported);
  view.set("imported_words", imported ? say(app, request, "staff.scorecard.imported_by", {{"who", sight.year.opened_by}, {"day", shown_date(vietnam_date(sight.year.opened))}}) : std::string());
  view.set("digest", sight.ledger.is_closed() ? sight.ledger.digest() : std::string());
  return view;
}

View& set_or_no(View& view, const char* name, const std::string& text) { return text.empty() ? view.set(name, false) : view.set(name, text); }

std::string points_words(const std::optional<double>& points) {
  if (!points) return "–";
  std::string text = json_number(*points);
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

std::optional<double> typed_number(std::string text) {
  std::replace(text.begin(), text.end(), ',', '.');
  const auto number = number_from(text);
  return number && std::isfinite(*number) ? number : std::nullopt;
}

std::string state_words(const App& app, const Request& request, State state) {
  return say(app, request, "staff.scorecard.state_" + std::string(scorecards::name_of(state)));
}

std::string act_words(const App& app, const Request& request, Act act) {
  return say(app, request, "staff.scorecard.act_" + std::string(scorecards::name_of(act)));
}

bool is_settled(State state) { return state == State::first_appraised || state == State::second_appraised || state == State::taken_over; }

std::string holders_words(const App& app, const Request& request, const Ledger& ledger, const scorecards::Item& item) {
  const std::string first = std::to_string(ledger.plan().year) + "-01-01";
  const std::string last = std::to_string(ledger.plan().year) + "-12-31";
  std::string all;
  for (const auto* one : ledger.plan().of(ledger.set(), item)) {
    const auto* body = ledger.plan().body(one->body);
    const auto* person = one->person.empty() ? nullptr : ledger.plan().person(one->person);
    std::string words = body == nullptr ? one->body : body->name;
    if (person != nullptr) words += ": " + person->name;
    if (one->duty == scorecards::Duty::head) words += " (" + say(app, request, "staff.scorecard.head") + ")";
    // A part of the year is said; the whole of it goes without saying.
    if (one->from > first || one->to < last) words += " " + shown_date(one->from) + "–" + shown_date(one->to);
    all += (all.empty() ? "" : "; ") + words;
  }
  return all;
}

std::string actor_words(const Ledger& ledger, const std::map<std::string, std::string>& names, std::string_view account, std::string_view day) {
  if (const auto* person = ledger.plan().person_of(account, day)) {
    const auto* body = ledger.plan().body(person->body);
    return person->name + (body == nullptr ? "" : " (" + body->name + ")");
  }
  const auto found = names.find(std::string(account));
  return found == names.end() ? std::string(account) : found->second;
}

Result<std::map<std::string, std::string>> account_names(const App& app) {
  std::map<std::string, std::string> names;
  for (const auto& account : TRY(app.accounts.all())) names[account.name] = account.display_name;
  return names;
}

std::string shown_time(UnixSeconds time) {
  const std::string local = utc_timestamp(time + 7 * 3600);
  return shown_date(local.substr(0, 10)) + " " + local.substr(11, 5);
}

SheetPlace sheet_place(const std::string& place) {
  SheetPlace found;
  for (const auto& part : split(place, ',')) {
    const std::string_view words = trim(part);
    const auto blank = words.find(' ');
    if (blank == std::string_view::npos) continue;
    const std::string_view kind = words.substr(0, blank);
    std::string rest(words.substr(blank + 1));
    if (kind == "sheet") found.sheet = std::move(rest);
    else if (kind == "row") found.row = std::move(rest);
    else if (kind == "column") found.column = std::move(rest);
  }
  return found;
}

std::string named(const App& app, const Request& request, const std::string& name) {
  const std::string key = "staff.scorecard_file.name_" + name;
  return app.locales.has_key("vi", key) ? name + " (" + say(app, request, key) + ")" : name;
}

std::string sentence_of_sheet(const App& app, const Request& request, const Fault& fault, bool with_sheet) {
  const SheetPlace place = sheet_place(fault.place);
  const std::string code(name_of(fault.code));
  std::string sentence;
  // "1.2.3 ("plan") is assigned to nobody on 2025-07-01": which item, and when.
  const Words words = {{"item", fault.message.substr(0, fault.message.find(" ("))},
                       {"day", fault.message.size() < 10 ? std::string() : shown_date(fault.message.substr(fault.message.size() - 10))}};
  for (const std::string& key : {"staff.fault.scorecard." + place.column + "." + code, "staff.fault.scorecard." + code}) {
    if (sentence.empty() && app.locales.has_key("vi", key)) sentence = say(app, request, key, words);
  }
  if (sentence.empty()) sentence = app.locales.sentence(request.language, {fault.code, "", "", {}});
  std::string where;
  const auto add = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) where += (where.empty() ? "" : ", ") + say(app, request, where.empty() ? key + "_first" : key, {{"name", named(app, request, value)}});
  };
  if (with_sheet) add("staff.scorecard.place_sheet", place.sheet);
  add("staff.scorecard.place_row", place.row);
  add("staff.scorecard.place_column", place.column);
  return where.empty() ? sentence : where + ": " + sentence;
}

}  // namespace khaosat
