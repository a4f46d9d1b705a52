// The identity of a definition: what a result must name to be rebuilt.
#pragma once

#include <string>

namespace khaosat {

struct DefinitionIdentity {
  std::string id;
  int version = 0;
  std::string hash;  // lower-case hex SHA-256 of the file's bytes

  bool operator==(const DefinitionIdentity&) const = default;
  // "citizen_satisfaction/1"
  std::string label() const { return id + "/" + std::to_string(version); }
};

}  // namespace khaosat
