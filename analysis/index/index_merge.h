// Inputs of several stores as one: what was summed apart is added up, to the same bits as sums of everything.
#pragma once

#include "analysis/index/index_input.h"
#include "base/result.h"

namespace khaosat::index {

// Adds `more` to `into`; an `into` without units and sums takes everything over. Sums of an input that is read
// from a column file are not added (`scanned` must be empty). Refuses not_comparable: another year, questionnaire,
// items or kind of sample; a weighted stratum in both, whose weights would have to know of both; respondents one by one
// (person_sample.h), whose calibration would too.
Result<void> add_input(IndexInput& into, IndexInput&& more);

}  // namespace khaosat::index
