// What the pages of scorecards share: who may look, and acts, states, points and faults in words.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/scorecards/ledger.h"
#include "server/html/view.h"
#include "server/pages/staff_fields.h"
#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

// A year as somebody of the office sees it.
struct ScorecardSight {
  ScorecardYear year;
  scorecards::Ledger ledger;
  std::string account;
  bool manages = false;
  std::string today;
  UnixSeconds now = 0;  // for the next act
};

// Administrators and officers open, change and close years.
bool manages_scorecards(const Request& request);
// Those, juries, and whoever acts for a body of the year.
bool may_see_scorecard(const Request& request, const scorecards::YearPlan& plan);
// The year of the address's first part; not_found, scorecard_not_yours.
Result<ScorecardSight> scorecard_of(const App& app, const Request& request);

// Notes in the journal who saw who answers for which points. `item`: one alone; empty: the year.
Result<void> note_reading(const App& app, const ScorecardSight& sight, const std::string& item);

std::string href_of(const ScorecardSight& sight);
std::string title_of(const App& app, const Request& request, const scorecards::YearPlan& plan);
// The frame of every page of a year: title, links, digest when closed.
View scorecard_view(const App& app, const Request& request, const ScorecardSight& sight, const std::string& title);

// For templates that ask whether there is anything: an empty text is no.
View& set_or_no(View& view, const char* name, const std::string& text);
// "2,5"; a dash where there is nothing.
std::string points_words(const std::optional<double>& points);
// "2.5" or "2,5"; nothing for what is no number.
std::optional<double> typed_number(std::string text);
std::string state_words(const App& app, const Request& request, scorecards::State state);
std::string act_words(const App& app, const Request& request, scorecards::Act act);
bool is_settled(scorecards::State state);
// "Văn phòng: Nguyễn Văn An (đứng đầu); …" of everybody who answers for the item on any day.
std::string holders_words(const App& app, const Request& request, const scorecards::Ledger& ledger, const scorecards::Item& item);
// "Nguyễn Văn An (Văn phòng)", or the account's own name.
std::string actor_words(const scorecards::Ledger& ledger, const std::map<std::string, std::string>& names, std::string_view account,
                        std::string_view day);
// Display names by account.
Result<std::map<std::string, std::string>> account_names(const App& app);
// "22/11/2026 15:04" in Viet Nam.
std::string shown_time(UnixSeconds time);

// Where in a sheet a fault lies, as faults of the sheets name it.
struct SheetPlace {
  std::string sheet;
  std::string row;
  std::string column;
};
SheetPlace sheet_place(const std::string& place);
// "persons (người)": a sheet or column with what it is called.
std::string named(const App& app, const Request& request, const std::string& name);
// "Trang persons, dòng 3, cột body: …"; without the sheet's name where the page says it already.
std::string sentence_of_sheet(const App& app, const Request& request, const Fault& fault, bool with_sheet);

}  // namespace khaosat
