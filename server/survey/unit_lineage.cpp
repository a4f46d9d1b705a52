#include "server/survey/unit_lineage.h"

#include <string>

namespace khaosat {

bool names_another_unit(const UnitRegister& units, std::string_view code, int year_before, int year_after) {
  for (const UnitLevel level : {UnitLevel::province, UnitLevel::district, UnitLevel::commune, UnitLevel::department, UnitLevel::village}) {
    const Unit* before = units.with_code(level, code, std::to_string(year_before) + "-12-31");
    const Unit* after = units.with_code(level, code, std::to_string(year_after) + "-12-31");
    if (before == nullptr || after == nullptr || before == after) continue;
    const bool continued = after->predecessors == std::vector<std::string>{before->id} && units.successors_of(before->id).size() == 1;
    if (!continued) return true;
  }
  return false;
}

}  // namespace khaosat
