// Changes of several indices of the same units as one family of tests: whoever looks at many at once finds some
// that rose by luck. Pure; thread safe.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/change/index_change.h"

namespace khaosat::change {

struct ChangeFamily {
  std::size_t indices = 0;
  std::size_t units = 0;  // with at least one test; groups of units are none
  std::size_t tests = 0;  // components tested, over all units and indices
};

// Adjusts the components of all changes anew: within a unit by Holm over the components of all indices, and by
// Benjamini-Hochberg over everything tested in every unit and index (one-sided and two-sided tests apart). Nodes that
// are no components keep what they have. What was concluded of a unit, that no component fell beyond its error, is
// concluded again. One change alone stays as compare_years() made it.
Result<ChangeFamily> adjust_as_family(std::vector<IndexChange>& changes);

}  // namespace khaosat::change
