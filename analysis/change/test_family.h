// Tests that are adjusted together, and what is concluded of a unit from them. Internal to compare_years() and
// adjust_as_family(). Pure; thread safe.
#pragma once

#include <vector>

#include "analysis/change/index_change.h"
#include "analysis/estimate/multiplicity.h"

namespace khaosat::change {

using TestFamily = std::vector<NodeChange*>;

TestFamily components_of(const IndexChange& change, UnitChange& unit);

// One-sided and two-sided p-values apart; nodes without a test are passed over.
Result<void> adjust(const TestFamily& family, estimate::MultiplicityMethod method, std::optional<double> PValues::*into);

// A component of the unit is lower for sure: by an exact figure, or beyond its error among the components.
bool has_fallen(const IndexChange& change, const UnitChange& unit, double level);

}  // namespace khaosat::change
