// What of the register concerns one unit and one directive. Pure; thread safe.
#pragma once

#include "analysis/awards/fact_book.h"
#include "analysis/awards/fact_rows.h"
#include "analysis/awards/lineage.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

// The unit of the scope with its bodies and persons, the units above it, its predecessors, and those
// neighbours that something the rules ask for is published about; everything where the scope names no unit.
awards::FactRows excerpt_for(const awards::FactBook& all, const FactScope& scope, const awards::Lineage& lineage);

}  // namespace khaosat
