// Points that were lost, from the facts of a decision: criterion → points → responsible → document. Pure;
// thread safe.
#pragma once

#include <string>
#include <vector>

#include "analysis/awards/fact_book.h"
#include "analysis/awards/decision.h"

namespace khaosat {

struct LostCriterion {
  std::string unit;       // key
  std::string unit_name;
  std::string criterion;
  double points = 0;
  double maximum = 0;
  std::string period;
  std::string scored_by;  // document of the score
  std::vector<std::string> holders;  // keys: bodies and persons
  std::string holder_names;
  std::string assigned_by;  // documents that assign it
};

// Of every score below its maximum that the decision could use, by unit and criterion; the latest score of
// each year counts. Only criteria of the year rewarded and the one before.
std::vector<LostCriterion> lost_criteria(const awards::FactBook& facts, const awards::Decision& decision);

}  // namespace khaosat
