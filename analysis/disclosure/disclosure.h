// The one place where results leave.
#pragma once

#include <span>

#include "analysis/disclosure/earlier_publication.h"
#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

// Hides what rests on too few respondents, what everybody answered alike, and whatever else must go
// so that neither follows from parents, siblings, or groups of units; coarsens n, intervals and
// missing shares where groups are small; rounds survey values. Runs without a survey pass unchanged.
//
// `earlier`: what was published before of these units and questions (with other records left out, or with
// answers added since): a figure that rests on fewer than the minimum more or fewer people than the one
// told then is hidden now, as the difference would show those few. Publications of the same input never
// differ in people.
//
// `told_too`: runs of other models from the same answers that anybody who sees this one can see as well. What
// has to be hidden is worked out for all of them together, so that a question hidden here is not told there,
// and every one of them may be published with the others as its `told_too`.
PublishedRun publish(const index::IndexRun& run, const DisclosureRules& rules,
                     std::span<const EarlierPublication> earlier = {}, std::span<const index::IndexRun> told_too = {});


// Whether a parameter of the model (a weight, an anchor) has another value than the model's own.
bool is_what_if(const index::IndexRun& run);

// Such a run, beside `own`: the same answers by the model's own parameters, told as `told` (made by publish()). However
// many of these anybody makes, they tell nothing of a figure hidden in `told`: each other weight would be one more
// equation over it. So what is hidden there is hidden here; what no parameter has a part in is told as there; and the rest is
// told only where it follows from figures that are told beside it, with their exact n.
PublishedRun publish_what_if(const index::IndexRun& run, const index::IndexRun& own, const PublishedRun& told,
                             const DisclosureRules& rules);

}  // namespace khaosat::disclosure
