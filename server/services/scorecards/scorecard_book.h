// The office's scorecards: years opened, acts taken, closed, their facts handed to the register. What
// happened is kept act by act; how things stand is reckoned from it each time. Thread safe.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/scorecards/ledger.h"
#include "analysis/scorecards/year_sheets.h"
#include "base/clock.h"
#include "server/catalog/catalog.h"
#include "server/services/facts/fact_register.h"
#include "server/storage/store.h"

namespace khaosat {

struct ScorecardYear {
  std::string id;  // 20 hex digits
  int year = 0;
  std::string unit;
  std::string unit_name;
  DefinitionIdentity set;
  UnixSeconds opened = 0;
  std::string opened_by;
};

// Acts older than the year's own record came with a file.
bool is_imported(const ScorecardYear& year, const scorecards::Ledger& ledger);
// What stands in "vouched_by" of facts from such a year, after who read it in and before the day.
inline constexpr const char* kImportedWords = "nhập từ tệp";

// A kept index run as a source of an item's points.
struct SurveyRun {
  std::string run;       // the record's id
  std::string campaign;
  UnixSeconds kept = 0;
  std::string kept_by;
  double value = 0;      // of the item's node
};

class ScorecardBook {
 public:
  ScorecardBook(Store& store, const Catalog& catalog, const Clock& clock) : store_(store), catalog_(catalog), clock_(clock) {}

  // Begins a year; its id. One scorecard, unit and year exist once (already_exists). Pins the definition.
  // definition_unknown; the first fault of scorecards::check().
  Result<std::string> open(const std::string& set_id, const scorecards::YearPlan& plan, const std::string& author);
  // A whole year from sheets, acts and all; faults in `faults`, nothing is kept then. The journal says who
  // handed it in; every act keeps the account that is written beside it. A survey's points must be those of
  // the kept run named, where that run stands here; another office's run is named and taken on its word.
  Result<std::string> import(const std::vector<scorecards::Sheet>& sheets, const std::string& author, Faults& faults);
  // What import() would keep, without keeping it.
  std::optional<scorecards::Ledger> check(const std::vector<scorecards::Sheet>& sheets, Faults& faults);

  Result<std::vector<ScorecardYear>> years();  // newest year first, then by unit
  // As it stands. not_found; storage_failed when what is kept is no longer what was written.
  Result<scorecards::Ledger> ledger(const std::string& id);

  // Takes an act of this account, now. `manages`: by its role in the office. The refusals of
  // Ledger::apply(), not_found; scorecard_computed for a survey's points, which take_survey() alone takes.
  Result<void> act(const std::string& id, scorecards::Event event, const std::string& account, bool manages);
  // Points of an item from a kept index run: `run` is the record's id. not_found (run, unit or node);
  // not_comparable (a run of another model or year); too_few_answers (the node is kept back there).
  Result<void> take_survey(const std::string& id, const std::string& item, const std::string& run, const std::string& note,
                           const std::string& account, bool manages);
  // The kept runs that take_survey() would take for that item, newest first.
  Result<std::vector<SurveyRun>> survey_runs(const std::string& id, const std::string& item);
  // Key of the unit that is scored, as the register of facts knows it; not_found.
  Result<std::string> unit_key(const scorecards::YearPlan& plan) const { return unit_key_of(plan); }

  // Of a closed year, to the register: points of every criterion, who answers for each in which period, the
  // score of the unit, both registers declared complete. Doing it twice adds nothing. Bodies and persons
  // must stand in the register under the plan's codes. scorecard_unfinished before closing.
  Result<Written> give_facts(const std::string& id, FactRegister& facts, const std::string& account);

 private:
  // The definition and version that the sheet "year" names.
  std::shared_ptr<const scorecards::ScorecardSet> set_of(const std::vector<scorecards::Sheet>& sheets, Faults& faults) const;
  // With the lock held.
  Result<void> take(const std::string& id, scorecards::Event event, const std::string& account, bool manages);
  // The figure of the item's node in that run for the plan's unit; the refusals of take_survey().
  Result<double> value_in(const Record& record, const scorecards::Item& item, const scorecards::YearPlan& plan) const;
  Result<void> check_runs(const scorecards::Ledger& ledger, Faults& faults);
  Result<void> add_event(const std::string& id, const scorecards::Event& event, const std::string& author);
  Result<std::string> begin(const scorecards::ScorecardSet& set, const scorecards::YearPlan& plan, const std::string& author);
  // Key of the plan's unit in the year; not_found.
  Result<std::string> unit_key_of(const scorecards::YearPlan& plan) const;

  Store& store_;
  const Catalog& catalog_;
  const Clock& clock_;
  std::mutex mutex_;
};

}  // namespace khaosat
