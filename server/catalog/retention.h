// How many years entries about each kind of fact are kept, as a file of survey_defs/retention says. Values.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "base/ids.h"

namespace khaosat {

struct Retention {
  std::map<std::string, int> years;  // by kind of fact, after the end of the entry's period
  int otherwise = 10;
};

struct RetentionReading {
  DefinitionIdentity identity;
  Retention retention;
  Faults faults;
};

// {"schema": "khaosat/retention/1", "id", "version", "title", "source", "otherwise": 10, "years": {"par_grade": 20}}
RetentionReading read_retention(const std::string& file, std::string_view text);

}  // namespace khaosat
