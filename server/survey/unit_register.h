// All units known, of several files, and what must be true of them together. Pure; thread safe once
// built.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "server/survey/unit.h"

namespace khaosat {

// A unit and where it was written, for messages.
struct UnitEntry {
  Unit unit;
  std::string file;
  std::string pointer;
};

class UnitRegister {
 public:
  UnitRegister() = default;
  // Of two units with one id the first is kept; faults_of() tells.
  explicit UnitRegister(const std::vector<UnitEntry>& entries);

  const std::vector<Unit>& units() const { return units_; }
  const Unit* find(std::string_view id) const;  // null when there is none
  // The unit that bears the code on the day; null when there is none.
  const Unit* with_code(UnitLevel level, std::string_view code, std::string_view date) const;
  // Units whose parent it is, in file order.
  std::vector<const Unit*> children_of(std::string_view id) const;
  // Units that name it as a predecessor.
  std::vector<const Unit*> successors_of(std::string_view id) const;

 private:
  std::vector<Unit> units_;
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

// Two units with one id; parents and predecessors that do not exist; circles of either; a unit that
// begins before its predecessor ends; a code borne by two units of one level on the same day.
Faults faults_of(const std::vector<UnitEntry>& entries);

std::string_view name_of(UnitLevel level);
std::optional<UnitLevel> unit_level_named(std::string_view name);

}  // namespace khaosat
