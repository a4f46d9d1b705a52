// What falls due: reports and tasks of the register of facts, time to reply, measures of remedy plans,
// steps of scorecards, requests of persons. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/services/facts/fact_register.h"
#include "server/services/facts/personal_data.h"
#include "server/services/jury/jury_book.h"
#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

struct DueItem {
  std::string day;
  std::string kind;   // monthly_report, plan_task, reform_task, reply, remedy, scorecard, request
  std::string about;  // who or what, in words
  std::string href;
  bool overdue = false;
};

struct DueSources {
  Store& store;
  const Clock& clock;
  FactRegister& facts;
  PersonalData& personal;
  JuryBook& jury;
  ScorecardBook& scorecards;
};

// From two months back (older ones are no reminder any more) to a week ahead, by day. Persons are not named.
Result<std::vector<DueItem>> due_list(const DueSources& sources);

}  // namespace khaosat
