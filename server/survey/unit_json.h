// Reading a file of units (schema "khaosat/units/1"). What files must agree on is in
// unit_register.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/ids.h"
#include "server/survey/unit_register.h"

namespace khaosat {

struct UnitFileReading {
  DefinitionIdentity identity;
  std::vector<UnitEntry> units;  // those that could be read, even beside faults
  Faults faults;
};

UnitFileReading read_units(std::string file, std::string_view text);

}  // namespace khaosat
