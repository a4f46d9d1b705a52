// What a ledger comes to: sums, caps, what was lost and who answers for it, what is due from whom.
// Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/scorecards/ledger.h"

namespace khaosat::scorecards {

struct ItemPoints {
  double maximum = 0;
  double self = 0;   // of what has been entered so far
  double first = 0;
  double final = 0;
  std::size_t leaves = 0;
  std::size_t settled = 0;  // leaves with points that hold
};

struct Totals {
  std::vector<ItemPoints> items;  // in the order of ScorecardSet::items
  double maximum = 0;
  double fields = 0;   // sum of final points of the fields
  double bonus = 0;    // after the cap
  double penalty = 0;
  double bonus_given = 0;  // before it
  double penalty_given = 0;
  double total = 0;  // fields + bonus − penalty, not below 0
  bool is_complete = false;  // every leaf of the fields has points that hold
};
Totals totals(const Ledger& ledger);

struct LostPoints {
  const Item* item = nullptr;
  double points = 0;
  double lost = 0;
  std::vector<const Assignment*> holders;  // in the order of the plan; heads among them
  std::string why;  // note of the appraisal that holds
};
// Of leaves of the fields whose points hold, in the order of the scorecard. Pointers live as long as the ledger.
std::vector<LostPoints> lost_points(const Ledger& ledger);

struct Due {
  const Item* item = nullptr;
  Act act = Act::score_self;
  std::string until;
  bool is_overdue = false;
  std::vector<std::string> bodies;  // codes of those who can do it; empty: the office
};
// The next step of every leaf that needs one, soonest first, then in the order of the scorecard.
std::vector<Due> due(const Ledger& ledger, std::string_view today);

}  // namespace khaosat::scorecards
