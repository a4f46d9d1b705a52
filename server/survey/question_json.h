// Reading one question of a questionnaire file.
#pragma once

#include "base/definition_json.h"
#include "server/survey/questionnaire.h"
#include "server/survey/scale.h"

namespace khaosat {

// Everything of the question but its conditions, which need the questions before it. `scale_used`
// is set to the scale the options were taken from, else to null.
Question read_question(const DefinitionNode& node, const FindScale& find_scale, const Scale*& scale_used);

}  // namespace khaosat
