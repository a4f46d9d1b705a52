// Made-up years of scorecards for the demo: people, assignments, deadlines around today, and what they did.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "analysis/scorecards/year_sheets.h"
#include "base/clock.h"

namespace khaosat::cli {

struct DemoScorecard {
  std::string unit;       // key
  std::string unit_name;
  int year = 0;           // that of the survey whose points it takes
  std::string prefix;     // of the codes of its bodies and persons
  bool finished = false;  // all but the survey's points and the closing; else in mid-work
  // Sign-in names of the commune's office and of the appraiser; empty: nobody acts for them here.
  std::string office_account;
  std::string appraiser_account;
};

// As sheets that the import page takes.
Result<std::vector<scorecards::Sheet>> demo_scorecard(std::shared_ptr<const scorecards::ScorecardSet> set, const DemoScorecard& wanted, UnixSeconds now);

}  // namespace khaosat::cli
