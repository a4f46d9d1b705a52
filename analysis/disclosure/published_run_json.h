// A PublishedRun as text. Equal runs give equal bytes.
#pragma once

#include <string>

#include "analysis/disclosure/published_run.h"

namespace khaosat::disclosure {

std::string to_json(const PublishedRun& run);

// One row per unit and node:
//   unit, unit_name, group, node, code, title, state, reason, value, lower, upper, df, n_low, n_high,
//   missing_no_experience, missing_dont_know, missing_declined, missing_blank, missing_not_asked
//   (percent), rank, notes, year, model, variant
std::string to_csv(const PublishedRun& run, std::string_view language = "vi");

}  // namespace khaosat::disclosure
