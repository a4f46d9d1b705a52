// Counts of the population that belong to a campaign, and what they make of its answers. Thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_input.h"
#include "analysis/index/index_run.h"
#include "analysis/index/survey_items.h"
#include "server/services/campaign_book.h"
#include "server/services/population/population_table.h"

namespace khaosat {

inline constexpr std::string_view kPopulationRecord = "population";  // subject: the campaign; the newest holds

// Nothing: none were handed in, or they were withdrawn. definition_invalid: the record is damaged.
Result<std::optional<index::Population>> population_of(Registry& registry, std::string_view campaign_id);

// Makes of an input with sums one with respondents, whose weights follow the counts: `input` has the weights of the
// design by cell. Where the counts cannot be followed, `input` stays as it is, but for the reason in `calibration`.
// `leave_out` as in IndexRequest. Errors are those of reading answers.
Result<void> follow_population(const CampaignEntry& entry, const index::Population& population, const std::vector<index::SurveyItem>& items,
                               const std::vector<bool>* leave_out, index::IndexInput& input);

// Puts the scores of the root as they are without calibration into the run, with a mark where the two would
// single out a few people.
void tell_without(const index::IndexRun& without, const index::PersonSample& persons, index::IndexRun& run);

}  // namespace khaosat
