// Which unit came from which. Units are known by code *and* period of validity: on 1 July 2025
// nearly every new commune took over the code of an old one, mostly under another name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"

namespace khaosat::awards {

// "25345" for a unit that had its code from the beginning, "25345@2025-07-01" for the one that has
// it from that day on.
std::string unit_key(std::string_view code, std::string_view valid_from);

struct LineageLink {
  std::string old_code;
  std::string old_name;
  std::string new_code;
  std::string new_name;
  std::string changed_on;  // first day of the new unit
  bool old_is_split = false;
};

class Lineage {
 public:
  Lineage() = default;
  explicit Lineage(std::vector<LineageLink> links) : links_(std::move(links)) {}
  // Links that lead to the unit with this code that began on this day.
  std::vector<const LineageLink*> predecessors(std::string_view code, std::string_view valid_from) const;
  // Links that lead away from the unit with this code that ended on this day.
  std::vector<const LineageLink*> successors(std::string_view code, std::string_view valid_to) const;
  const std::vector<LineageLink>& links() const { return links_; }

 private:
  std::vector<LineageLink> links_;
};

// Columns: old_code, new_code (required); old_name, new_name, old_is_split, changed_on; others are
// ignored, because the public conversion tables have many. Without changed_on the day of the reform,
// 2025-07-01, is meant.
Lineage read_lineage_csv(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat::awards
