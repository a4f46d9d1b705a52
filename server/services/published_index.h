// What of an index run may leave, for pages, exports and the command line alike. Thread safe.
#pragma once

#include <optional>

#include "analysis/disclosure/published_run.h"
#include "analysis/robustness/rank_table.h"
#include "server/services/compute_index.h"

namespace khaosat {

// The model that stands for a campaign where none is named: the first that is no example. Null: none fits.
std::shared_ptr<const index::IndexModel> main_model(const ComputeIndex& index, const Campaign& campaign);

// What is answered where none fits: `why` no_model, for a sentence of its own.
Error no_model_reads(const Campaign& campaign);

// Computed and published. An empty model means main_model(). Errors: those of ComputeIndex::compute.
Result<disclosure::PublishedRun> published_index(ComputeIndex& index, const Campaign& campaign, std::string model);

struct RankedIndex {
  disclosure::PublishedRun run;
  std::optional<robustness::RankTable> ranks;  // of the index itself; nothing: its units cannot be ranked
};
// The same with the ranks its units may have.
Result<RankedIndex> ranked_index(ComputeIndex& index, const Campaign& campaign, std::string model);

}  // namespace khaosat
