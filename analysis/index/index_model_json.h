// Reading survey_defs/index_models/*.json. The format is described in survey_defs/README.md and, for
// editors, in survey_defs/schema/index_model.schema.json; this reader is authoritative.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/index/index_model.h"
#include "base/fault.h"

namespace khaosat::index {

inline constexpr std::size_t kMostNodes = 5000;

struct ReadModel {
  // Present only if there is no fault.
  std::optional<IndexModel> model;
  Faults faults;
};

// `file` is for the messages. Every fault of shape and meaning at once.
ReadModel read_index_model(std::string file, std::string_view text);

}  // namespace khaosat::index
