// A PublishedRun as text. Equal runs give equal bytes.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "analysis/disclosure/published_run.h"
#include "base/result.h"

namespace khaosat::index {
class JsonWriter;
}

namespace khaosat::disclosure {

// Takes the text piece by piece, at most a unit's at a time.
using Sink = std::function<void(std::string_view piece)>;

// rank_from, rank_to, rank_basis as members of the object being written; nothing where there is no rank.
void write_rank(index::JsonWriter& out, const std::optional<PublishedRank>& rank);

std::string to_json(const PublishedRun& run);
void write_json(const PublishedRun& run, const Sink& sink);
// What to_json wrote; written again it gives the same bytes. bad_json for anything else.
Result<PublishedRun> read_published_run(std::string_view json);

// One row per unit and node:
//   unit, unit_name, group, node, code, title, state, reason, value, lower, upper, df, n_low, n_high,
//   missing_no_experience, missing_dont_know, missing_declined, missing_blank, missing_not_asked
//   (percent), rank_from, rank_to, rank_basis, notes, year, model, variant
std::string to_csv(const PublishedRun& run, std::string_view language = "vi");
void write_csv(const PublishedRun& run, std::string_view language, const Sink& sink);

}  // namespace khaosat::disclosure
