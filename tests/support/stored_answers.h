// Looks into an answers file after a crash and says what is wrong with it, if anything.
#pragma once

#include <set>
#include <string>

namespace khaosat {

// What must be true of the file after a restart. `acknowledged`: persons (see answers_sample.h)
// whose submission was confirmed. Opens and closes the file as a starting server does. Empty: all
// is well. A missing file is well while nothing was acknowledged.
std::string what_is_wrong(const std::string& path, const std::set<int>& acknowledged,
                          bool closed_acknowledged = false);

}  // namespace khaosat
