// Ordered lists of grades. A grade means something only on its own ladder: "Tốt" is the best of
// four grades in one list and the second of six in another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/local_text.h"

namespace khaosat::awards {

struct Grade {
  std::string id;
  LocalText name;
};

struct GradeLadder {
  std::string id;
  int version = 1;
  std::string hash;  // SHA-256 of the file, hexadecimal
  LocalText title;
  std::string issuer;
  std::string number;
  std::string date;
  LocalText note;
  std::vector<Grade> grades;  // lowest first

  // Position from the bottom (0 = lowest), for an id or for a name in any language; upper and lower
  // case do not matter, tone marks do.
  std::optional<std::size_t> position(std::string_view grade) const;
};

using Ladders = std::map<std::string, GradeLadder, std::less<>>;

// Reads one file of survey_defs/scales with "schema": "khaosat/grade_ladder/1". Complains into `faults`; the
// ladder returned then is not to be used.
GradeLadder read_grade_ladder(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat::awards
