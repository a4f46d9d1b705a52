// The two records of an act as JSON text.
#pragma once

#include <string>

#include "server/services/exports/microdata_acts.h"

namespace khaosat {

std::string request_json(const MicrodataAct& act);
std::string decision_json(const MicrodataAct& act);
// bad_json.
Result<void> read_request(const std::string& text, MicrodataAct& act);
Result<void> read_decision(const std::string& text, MicrodataAct& act);

}  // namespace khaosat
