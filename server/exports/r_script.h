// A script with which anybody rebuilds the main table from the microdata, with R and the packages survey
// and haven alone. Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "analysis/index/survey_items.h"
#include "server/exports/codebook.h"

namespace khaosat::exports {

// `run` was computed from the same answers by `model`; `items` are those of its survey leaves. Nodes whose
// making the script cannot repeat (scored against other units, filled in, of other sources) are left out
// of it by name, and so is what rests on them.
std::string r_script(const Codebook& book, const Questionnaire& questionnaire, const index::IndexModel& model,
                     const index::IndexRun& run, const std::vector<index::SurveyItem>& items);

}  // namespace khaosat::exports
