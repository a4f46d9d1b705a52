// A body or place with its period of existence. Communes merge and are renamed and codes are used
// again, so the key is code + validity, never the name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/local_text.h"

namespace khaosat {

enum class UnitLevel { province, district, commune, department, village };

struct Unit {
  std::string id;    // stable in the register, for instance "xa_ngan_son_2025"
  std::string code;  // the statistics office's code, kept as text; may be used again by another unit
  LocalText name;
  UnitLevel level = UnitLevel::commune;
  std::string parent;      // id; empty at the top
  std::string valid_from;  // "YYYY-MM-DD", empty: since ever
  std::string valid_to;    // last day, empty: still valid
  std::vector<std::string> predecessors;  // ids
};

// True on every day from valid_from to valid_to, both included. `date` is "YYYY-MM-DD".
inline bool is_valid_on(const Unit& unit, std::string_view date) {
  return (unit.valid_from.empty() || unit.valid_from <= date) &&
         (unit.valid_to.empty() || date <= unit.valid_to);
}

}  // namespace khaosat
