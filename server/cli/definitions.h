// Definitions as the command line finds them: the folder named, and single files in their place.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "server/catalog/catalog.h"

namespace khaosat::cli {

// "survey_defs" unless the options or KHAOSAT_DEFS name another folder.
std::string defs_folder(const std::string& named);

// The model or rule set of that id, or read from a file when the word ends in .json. Faults are
// printed; the error then is definition_invalid.
Result<std::shared_ptr<const index::IndexModel>> find_model(const Catalog& catalog, const std::string& named);
// Likewise; otherwise "id" (the newest) or "id/version".
Result<std::shared_ptr<const Questionnaire>> find_questionnaire(const Catalog& catalog, const std::string& named);
Result<std::shared_ptr<const awards::RuleSet>> find_rules(const Catalog& catalog, const std::string& named);

}  // namespace khaosat::cli
