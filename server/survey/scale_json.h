// Reading a scale file (schema "khaosat/scale/1").
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/definition_json.h"
#include "server/survey/scale.h"

namespace khaosat {

struct ScaleReading {
  std::shared_ptr<const Scale> scale;  // null when there are faults
  Faults faults;
};

ScaleReading read_scale(std::string file, std::string_view text);

// The list under "options", shared with questions. `with_scores`: score and face belong here.
std::vector<Option> read_options(const DefinitionNode& owner, bool with_scores);
DefinitionSource read_source(const DefinitionNode& owner);
// "schema", "id" and "version"; the hash is the file's.
DefinitionIdentity read_identity(const DefinitionNode& root, std::string_view schema,
                                 const std::string& hash);

}  // namespace khaosat
