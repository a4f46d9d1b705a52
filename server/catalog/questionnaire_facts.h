// A questionnaire as index models see it: option ids, their scores, which questions are numbers.
#pragma once

#include "analysis/index/index_model.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

index::QuestionnaireFacts questionnaire_facts(const Questionnaire& questionnaire);

}  // namespace khaosat
