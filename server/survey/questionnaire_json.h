// Reading a questionnaire file (schema "khaosat/questionnaire/1"; survey_defs/README.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "server/survey/questionnaire.h"
#include "server/survey/scale.h"

namespace khaosat {

struct QuestionnaireReading {
  std::shared_ptr<const Questionnaire> questionnaire;  // null when there are faults
  Faults faults;
  // Nothing that stops a campaign: texts missing in a language the file promises.
  Faults warnings;
};

// Reports every fault at once. `file` is only a name for messages.
QuestionnaireReading read_questionnaire(std::string file, std::string_view text,
                                        const FindScale& find_scale);

}  // namespace khaosat
