// Two samples of the same people or places in one design, so that a change between them has its
// error with covariance.
#pragma once

#include <vector>

#include "analysis/estimate/linearized.h"
#include "analysis/estimate/sample_design.h"
#include "base/result.h"

namespace khaosat::estimate {

// What two years have in common.
enum class ClusterOverlap {
  // PSUs with the same ids are the same places: with the same places in both years, and with partly
  // rotated ones. A place of one year only stays with its own influence.
  by_id,
  // Drawn anew: strata are stratum-years, variances add, degrees of freedom add.
  independent,
  // Stratum by stratum: by_id where the two samples share a place, independent where they share none.
  as_found
};

// A design of PSUs, and where the PSUs of each sample are in it.
struct StackedDesign {
  SampleDesign design;
  std::vector<std::uint32_t> psu_of_first;   // dense index of the first design -> of the stacked
  std::vector<std::uint32_t> psu_of_second;
  std::size_t places_in_both = 0;  // PSUs that the two samples share
};

// One stage, weights not calibrated. With by_id (or as_found) a shared stratum's population size must be known in both
// or neither, and be the same (design_invalid otherwise), a PSU must be in the same stratum in both
// (psu_in_two_strata). Lonely-PSU policy and stratum names are those of the first design.
Result<StackedDesign> stack(const SampleDesign& first, const SampleDesign& second,
                            ClusterOverlap overlap);

// An influence of the first (second) sample, as one of the stacked design.
LinearizedByPsu moved(const LinearizedByPsu& linearized, std::span<const std::uint32_t> psu_of);

// second - first, ready for estimate_from(stacked.design, ...).
LinearizedByPsu change(const StackedDesign& stacked, const LinearizedByPsu& first,
                       const LinearizedByPsu& second);

}  // namespace khaosat::estimate
