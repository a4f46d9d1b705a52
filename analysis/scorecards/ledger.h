// What happened to one unit's scorecard in one year: acts in their order, and how things stand after
// them. An act that may not be is refused and changes nothing. One object per thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/scorecards/scorecard_set.h"
#include "analysis/scorecards/year_plan.h"
#include "base/clock.h"

namespace khaosat::scorecards {

enum class State {
  open,                  // nothing entered yet
  self_scored,
  first_appraised,       // holds, unless an explanation is demanded or something is added
  explanation_demanded,
  explained,             // or later evidence was handed in: waits for the second appraisal
  second_appraised,
  taken_over             // from a survey's kept run
};
inline constexpr std::array<State, 7> kStates = {State::open,      State::self_scored,      State::first_appraised, State::explanation_demanded,
                                                 State::explained, State::second_appraised, State::taken_over};

enum class Act { score_self, add_evidence, appraise_first, demand_explanation, explain, appraise_second, take_survey, change_plan, close };
inline constexpr std::array<Act, 9> kActs = {Act::score_self, Act::add_evidence, Act::appraise_first, Act::demand_explanation, Act::explain,
                                             Act::appraise_second, Act::take_survey, Act::change_plan, Act::close};

struct Evidence {
  std::string reference;  // number and date of a document, as written
  std::string digest;     // of a file kept; may be empty
  bool operator==(const Evidence&) const = default;
};

struct Event {
  std::int64_t number = 0;  // 1, 2, … within the year
  UnixSeconds time = 0;
  std::string account;
  bool manages = false;  // the account held the office's management when it acted
  Act act = Act::score_self;
  std::string item;      // empty for change_plan and close
  std::optional<double> points;
  std::optional<double> numerator;
  std::optional<double> denominator;
  std::string run;              // kept index run of take_survey
  std::optional<double> value;  // of its node
  std::string note;             // why
  std::vector<Evidence> evidence;
  std::shared_ptr<const YearPlan> plan;  // of change_plan
};

struct Judgement {
  std::optional<double> points;
  std::optional<double> numerator;
  std::optional<double> denominator;
  std::string note;
  std::string account;
  std::string day;
};

struct Standing {
  State state = State::open;
  Judgement self;
  Judgement first;
  Judgement second;
  std::string demand;       // what the appraiser wants explained
  std::string explanation;
  std::vector<Evidence> evidence;
  std::string run;
  // What holds as things stand: the second appraisal, else the first, else the survey's points.
  std::optional<double> final_points;
};

class Ledger {
 public:
  // The plan must have passed check().
  Ledger(std::shared_ptr<const ScorecardSet> set, YearPlan plan);

  // Takes an act, filling in `number` and computed points. In this order:
  //   scorecard_closed · not_found (item) · scorecard_computed (points of a survey or ratio typed, a
  //   survey taken for something else) · scorecard_wrong_state · scorecard_not_yours ·
  //   scorecard_own_work · scorecard_too_early · scorecard_too_late · missing_field · out_of_range ·
  //   points_above_maximum · scorecard_evidence_missing · scorecard_reason_missing; for close
  //   scorecard_unfinished; for change_plan the first fault of check(), or constraint_broken when it
  //   is another year's or unit's plan.
  Result<void> apply(Event event);
  // The same without doing it.
  Result<void> may(Event event) const;
  // Acts that this account could begin for the item today, whatever it would write.
  std::vector<Act> acts_for(const Item& item, std::string_view account, bool manages, UnixSeconds now) const;

  const ScorecardSet& set() const { return *set_; }
  const YearPlan& plan() const { return plan_; }  // as changed last
  const YearPlan& first_plan() const { return first_plan_; }
  const std::vector<Event>& events() const { return events_; }
  const Standing& standing(std::string_view item) const;  // of a leaf
  bool is_closed() const { return closed_; }

  // Hexadecimal SHA-256 over definition, first plan and every act with all its content. What a closed
  // year is known by.
  std::string digest() const;

 private:
  Result<void> admit(Event& event) const;
  Result<void> check_step(const Event& event, const Item& item) const;
  Result<void> check_side(const Event& event, const Item& item) const;
  Result<void> check_content(Event& event, const Item& item) const;
  Result<void> check_close(const Event& event) const;
  Result<void> check_plan_change(const Event& event) const;
  bool is_own_work(std::string_view account, const Item& item) const;
  void take(const Event& event);

  std::shared_ptr<const ScorecardSet> set_;
  YearPlan first_plan_;
  YearPlan plan_;
  std::vector<Event> events_;
  std::map<std::string, Standing, std::less<>> standings_;
  bool closed_ = false;
};

std::string_view name_of(State state);
std::string_view name_of(Act act);
std::optional<Act> act_named(std::string_view name);
// The stage in whose window an act on an item in that state falls; nothing when the table has no such step.
std::optional<Stage> stage_of(Act act, State state);

}  // namespace khaosat::scorecards
