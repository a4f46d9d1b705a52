// Which units may take part in comparisons of all units: ranks, simulations, other weights. A unit with
// a hidden figure must stay out, because its place, or its score under other weights, would tell it.
#pragma once

#include <string>
#include <vector>

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

struct LeftOut {
  std::string unit;
  std::string reason;  // group, hidden_figure, missing, withheld, no_error, too_few_respondents
};

struct ShowableUnits {
  std::vector<std::size_t> units;  // positions in IndexRun::units
  std::vector<LeftOut> left_out;
};

// `published` was made of `run`.
// Units with a published value of the node and an interval beside it: for sets of ranks.
ShowableUnits units_with_interval(const index::IndexRun& run, const PublishedRun& published, std::size_t node);
// Units with a published value of the root and no hidden figure anywhere: for other weights and methods.
ShowableUnits units_fully_shown(const index::IndexRun& run, const PublishedRun& published);

}  // namespace khaosat::disclosure
