// Where a leaf gets its value, read from a model file. Internal to analysis/index.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/index/index_model.h"
#include "base/definition_json.h"

namespace khaosat::index {

inline constexpr double kHuge = 1e12;  // numbers of a model lie within this

struct LeafRead {
  Leaf leaf;
  std::vector<std::string> questions;  // of a survey leaf; several become one leaf each
};
// Nothing without "source"; faults go to the file.
std::optional<LeafRead> read_leaf(const DefinitionNode& object);

}  // namespace khaosat::index
