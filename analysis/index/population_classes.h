// Counts of people by category, known from elsewhere, and the classes that respondents form by them: who has no
// category, and which classes are too small to stand alone. What comes out is what person_sample.h takes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/index/person_sample.h"
#include "analysis/index/run_calibration.h"
#include "base/result.h"

namespace khaosat::index {

struct PopulationCount {
  std::string unit;                  // empty: of all units together
  std::vector<std::string> options;  // one for each question of the margin
  std::uint64_t people = 0;
};

struct PopulationMargin {
  std::vector<std::string> questions;
  bool by_unit = false;
  // Units together and, within a unit, options in their order (the last question fastest): neighbours are joined.
  std::vector<PopulationCount> counts;

  std::string name() const;  // "unit × sex × age_band"
};

struct Population {
  std::vector<PopulationMargin> margins;  // one: post-stratification; several: raking
  std::string source;                     // digest of the document they stand in
};

// Of each respondent, in one order: unit, weight before, and the option chosen by question (empty: none).
struct ClassedPeople {
  const std::vector<std::string>& unit;
  const std::vector<double>& weight;
  const std::map<std::string, std::vector<std::string>>& option;
};

// Most respondents of an area, in percent, who may be without a category.
inline constexpr std::uint64_t kMostUnclassedPercent = 20;

// A class of fewer than `minimum` respondents, or of no people, is joined with the next one of the same unit that shares
// all options but the last, else with the next one at all; of the classes too small the smallest first. Respondents without
// an answer that is counted form a class of their own with the share of people that their weights have; a small one
// joins the largest class. All this rests on categories alone, never on what is scored.
// Fills `said` but for its factors. Refuses not_comparable: an area without respondents beside a margin over all units;
// respondents of a unit without counts; too many without a category.
Result<PersonCalibration> population_classes(const Population& population, const ClassedPeople& people, std::uint64_t minimum,
                                             RunCalibration& said);

// Whether two means of the same people, with these weights before and after, single out fewer than `minimum` of them:
// all others' weights changed by the same factor. `after` and `before` are of the people of one unit.
bool singles_out(const std::vector<double>& before, const std::vector<double>& after, std::uint64_t minimum);

}  // namespace khaosat::index
