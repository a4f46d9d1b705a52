// Whether a questionnaire asks the same of everybody, whatever mark they give. Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/survey/questionnaire.h"

namespace khaosat {

// Ids of questions and sections that are asked or left out depending on a mark (an item of a scale, a
// rating, a matrix of ratings): a bad mark would cost more work than a good one, or less. Empty is
// what a kiosk needs. Conditions on facts ("did you use the health station?") do not count.
std::vector<std::string> opened_by_marks(const Questionnaire& questionnaire);

}  // namespace khaosat
