// Where a definition comes from: the document that orders it.
#pragma once

#include <string>

#include "base/local_text.h"

namespace khaosat {

struct DefinitionSource {
  std::string issuer;
  std::string number;
  std::string date;  // "YYYY-MM-DD" or empty
  LocalText note;
};

}  // namespace khaosat
