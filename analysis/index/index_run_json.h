// An IndexRun as text: JSON for storing and reading back, CSV for people's tables. The bytes depend
// on the run alone, so equal runs give equal files. For what may leave see analysis/disclosure.
#pragma once

#include <string>
#include <string_view>

#include "analysis/index/index_run.h"
#include "base/result.h"

namespace khaosat::index {

std::string to_json(const IndexRun& run);
// Exactly the run that was written. Refuses bad_json and what it cannot make sense of.
Result<IndexRun> read_index_run(std::string_view json);

// One row per unit and node:
//   unit, unit_name, node, code, state, reason, value, standard_error, lower, upper, df, n, n_least,
//   missing_no_experience, missing_dont_know, missing_declined, missing_blank, missing_not_asked
//   (shares), rank, notes, year, model, variant
std::string to_csv(const IndexRun& run);

// Names of flags and notes, as they stand in the files.
std::vector<std::string_view> names_of(ScoreNote notes);
std::vector<std::string_view> names_of(estimate::EstimateFlag flags);

}  // namespace khaosat::index
