// Which case of stratum_term.h a stratum is. The rules for lonely PSUs follow R's survey.
#pragma once

#include <cstddef>

#include "analysis/estimate/sample_design.h"
#include "analysis/estimate/stratum_term.h"

namespace khaosat::estimate {

struct LonelyRules {
  LonelyPsuPolicy policy = LonelyPsuPolicy::fail;
  bool lonely_in_domain = false;
};

// `sampled` units of `population` (infinity: no correction), `present` of them with rows in the
// domain.
StratumRule stratum_rule(std::size_t sampled, double population, std::size_t present,
                         const LonelyRules& rules);

}  // namespace khaosat::estimate
