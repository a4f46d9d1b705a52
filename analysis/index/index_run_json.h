// An IndexRun as text: JSON for storing and reading back. The bytes depend on the run alone, so
// equal runs give equal files. Tables are made of what may leave: see analysis/disclosure.
#pragma once

#include <string>
#include <string_view>

#include "analysis/index/index_run.h"
#include "base/result.h"

namespace khaosat::index {

std::string to_json(const IndexRun& run);
// Exactly the run that was written. Refuses bad_json and what it cannot make sense of.
Result<IndexRun> read_index_run(std::string_view json);

// Names of flags and notes, as they stand in the files.
std::vector<std::string_view> names_of(ScoreNote notes);
std::vector<std::string_view> names_of(estimate::EstimateFlag flags);

}  // namespace khaosat::index
