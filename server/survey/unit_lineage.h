// Whether a code still means the same place: when units are merged or split, a new unit usually keeps the
// code of one of its predecessors, often under another name.
#pragma once

#include <string_view>

#include "server/survey/unit_register.h"

namespace khaosat {

// The code belongs to one unit at the end of the earlier year and to another at the end of the later one.
// A unit that has exactly this one predecessor, whole, is the same place under a new name or parent. False for
// codes and ids that the register does not know in either year.
bool names_another_unit(const UnitRegister& units, std::string_view code, int year_before, int year_after);

}  // namespace khaosat
