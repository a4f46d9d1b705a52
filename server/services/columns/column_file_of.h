// The column file of a closed campaign: found beside its answers, or made from them.
#pragma once

#include <optional>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/index/survey_items.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// The file kept with the answers where it is whole and made of just these answers and questionnaire;
// otherwise it is made anew and kept, if the store may be written to. Thread safe.
// campaign_not_closed; too_few_answers (there are none); no_valid_answers (no question has a column).
Result<columns::ColumnFile> column_file_of(const CampaignEntry& entry);

// The items of a model over the columns of a file. Nothing when an item's question has no column.
std::optional<std::vector<columns::ScoredColumn>> scored_columns(const columns::ColumnFile& file,
                                                                 const std::vector<index::SurveyItem>& items);

}  // namespace khaosat
