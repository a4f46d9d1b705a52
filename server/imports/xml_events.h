// One XML document from front to back. No document type, so no entities of its own; no tree. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace khaosat::imports {

// Names without their namespace: "row", "c"; attributes as they stand, "id" for "r:id".
struct XmlHandler {
  using Attributes = std::vector<std::pair<std::string_view, std::string_view>>;
  std::function<void(std::string_view name, const Attributes&)> begin;
  std::function<void(std::string_view name)> end;
  std::function<void(std::string_view text)> text;
};

// bad_spreadsheet with the line: broken XML, a document type, more than 60 levels. A handler that has seen
// enough sets `stop`; that is no error.
Result<void> read_xml(std::string_view document, const XmlHandler& handler, const bool& stop);

}  // namespace khaosat::imports
