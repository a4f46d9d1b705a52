// The table of primary sampling units an officer hands in: one row per village or counter.
// Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "server/survey/campaign.h"
#include "server/survey/unit_register.h"

namespace khaosat {

struct PsuTable {
  std::vector<Stratum> strata;  // in order of first appearance
  std::vector<PrimarySamplingUnit> psus;
  Faults faults;  // place: "row 3, column slips"
};

// CSV columns:
//   unit            id of the unit in the register; must be one of `units` unless that is empty
//   psu             1 to 64 of letters, digits, "_" and "-"; unique
//   title           the name people know
//   stratum         optional; the unit itself when empty
//   population      optional; persons in the frame
//   slips           optional; slips to print
//   psu_population  optional; primary sampling units in the frame of the stratum
//   neighbour       optional; psu to merge with when few answer
PsuTable read_psu_csv(const std::string& file, std::string_view text, const UnitRegister& units,
                      const std::vector<std::string>& chosen_units);

// The same table written out, as read_psu_csv reads it.
std::string psu_csv(const Campaign& campaign);

}  // namespace khaosat
