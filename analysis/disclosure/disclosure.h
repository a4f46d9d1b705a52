// The one place where results leave.
#pragma once

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

// Hides what rests on too few respondents, what everybody answered alike, and whatever else must go
// so that neither follows from parents, siblings, or groups of units; coarsens n, intervals and
// missing shares where groups are small; rounds survey values. Runs without a survey pass unchanged.
//
// `earlier`: a run of the same model, year and units published before (other records left out, or
// answers added since), null if none: a figure whose n differs by fewer than the minimum is hidden
// now, as the difference would show that few.
PublishedRun publish(const index::IndexRun& run, const DisclosureRules& rules,
                     const index::IndexRun* earlier = nullptr);

}  // namespace khaosat::disclosure
