// Who answers for what in one year of one unit's scorecard, and by when: data of the year, not of the
// definition. Plain values.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/scorecards/scorecard_set.h"

namespace khaosat::scorecards {

struct Body {
  std::string code;  // as in the register of facts
  std::string name;
  bool appraises = false;  // appraises others; may answer for items too, never appraises those
};

struct Person {
  std::string code;  // as in the register of facts
  std::string name;
  std::string body;
  std::string account;  // sign-in name; empty: answers for things but does not act here
  std::string from;     // days, both included
  std::string to;
};

enum class Duty { head, member };

// For an item and all below it that has no assignment of its own.
struct Assignment {
  std::string item;
  std::string body;
  std::string person;  // empty: the body as a whole
  Duty duty = Duty::member;
  std::string from;
  std::string to;
  std::string document;  // that assigns it
};

enum class Stage { self_score, first_appraisal, explanation, second_appraisal };
inline constexpr std::array<Stage, 4> kStages = {Stage::self_score, Stage::first_appraisal, Stage::explanation, Stage::second_appraisal};

// Days on which something may be done, both included.
struct Window {
  std::string from;
  std::string until;
};

struct YearPlan {
  int year = 0;
  std::string unit;  // key or code of the unit that is scored
  std::string unit_name;
  std::vector<Body> bodies;
  std::vector<Person> persons;
  std::vector<Assignment> assignments;
  std::array<Window, 4> windows;  // by Stage

  const Window& window(Stage stage) const { return windows[static_cast<std::size_t>(stage)]; }
  const Body* body(std::string_view code) const;
  // Null for an account that acts for nobody on that day.
  const Person* person_of(std::string_view account, std::string_view day) const;
  const Person* person(std::string_view code) const;
  // The assignments that count for an item: its own, or those of the nearest place above that has any.
  std::vector<const Assignment*> of(const ScorecardSet& set, const Item& item) const;
};

// Everything that is wrong with a plan, each with its sheet, row and column ("sheet assignments, row 3,
// column person"): unknown or doubled codes, days that do not exist, two heads of one item on one day
// (two_heads), an item with nobody answering for it on a day of the year (scorecard_unassigned), an item
// that nobody but its own body could appraise (scorecard_own_work), stages out of order.
Faults check(const YearPlan& plan, const ScorecardSet& set, const std::string& file);

std::string_view name_of(Stage stage);
std::string_view name_of(Duty duty);
std::string_view name_of(ItemKind kind);

}  // namespace khaosat::scorecards
