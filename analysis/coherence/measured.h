// What was measured, apart from what was made of it. Shared by the files of this folder.
#pragma once

#include <optional>

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_run.h"

namespace khaosat::coherence {

// Of a leaf, before filling in, taming and bending; nothing where it was filled in or is missing.
std::optional<double> measured(const index::NodeScore& score);
// Such a unit takes no part in comparisons of all units.
bool has_hidden_figure(const disclosure::PublishedUnit& unit);

}  // namespace khaosat::coherence
