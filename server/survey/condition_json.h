// Reading conditions from questionnaire files. Complains of every fault; what it returns after a
// complaint must not be evaluated.
#pragma once

#include <string>
#include <vector>

#include "base/definition_json.h"
#include "server/survey/condition.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

struct ConditionScope {
  const std::vector<Question>& questions;     // those read so far
  std::size_t usable = 0;                     // the first so many may be named
  const std::vector<std::string>& all_ids;    // of the whole file, to tell "later" from "unknown"
};

Condition read_condition(const DefinitionNode& node, const ConditionScope& scope);

}  // namespace khaosat
