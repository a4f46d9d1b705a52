// A year that is known by what was published of it alone, against a later one: kept runs, years published elsewhere.
#pragma once

#include "analysis/disclosure/published_change.h"

namespace khaosat::disclosure {

// The literal comparison of published figures. Where both have an interval the difference gets one as well, as wide as
// both half-widths together and one printed digit: whatever the two years have in common, an error cannot be larger, so
// that what lies beyond is beyond, and what lies within may not be. No test. Refuses not_comparable: other models or
// versions, variants, or nothing measured alike; out_of_range: not an earlier year.
Result<PublishedChange> compare_published(const index::IndexModel& model, const PublishedRun& before, const PublishedRun& after,
                                          const change::QuestionChanges& questions = {});

}  // namespace khaosat::disclosure
