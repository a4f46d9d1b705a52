// Model + data → IndexRun. Pure: the same model, input and options give the same bits.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "analysis/index/index_input.h"
#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "base/result.h"

namespace khaosat::index {

struct ComputeOptions {
  // Other values for parameters of the model. Not empty: `variant` must say whose reading this is.
  std::vector<std::pair<std::string, double>> parameters;
  std::string variant;
  std::string program;  // written into the run as it is
  unsigned threads = 1;  // that read answers, 1 to 64; the bits do not depend on it
};

// Refuses:
//   not_comparable      the model has no structure in that year; no survey sums or not all of the
//                       items where the model needs them
//   definition_unknown  an unknown parameter, group member, or reference unit
//   out_of_range        a parameter outside its limits
//   missing_field       other parameters without a variant name
//   already_exists      a unit twice
//   anchor_degenerate   a relative score where all units are equal
//   and what SampleDesign::create_from_psus and a source of sums refuse.
// Whatever concerns one unit only is a state of that unit, with its reason, not a refusal.
Result<IndexRun> compute(const IndexModel& model, const IndexInput& input,
                         const ComputeOptions& options = {});

}  // namespace khaosat::index
