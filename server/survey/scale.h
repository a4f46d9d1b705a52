// An ordered list of answers shared by questions. The order is the order on every device and on
// paper.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "server/survey/definition_source.h"
#include "server/survey/option.h"

namespace khaosat {

struct Scale {
  DefinitionIdentity identity;
  LocalText title;
  DefinitionSource source;
  std::vector<Option> options;
};

// Null when there is none of that id and version. The scale must outlive the call only.
using FindScale = std::function<const Scale*(std::string_view id, int version)>;

}  // namespace khaosat
