// Influences of respondents added up by primary sampling unit and by unit of the second stage, unit by unit: what
// calibration takes away is known by class, so that nobody outside a unit is gone through for it. Internal to survey_frame.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate/linearized.h"
#include "analysis/index/person_sample.h"

namespace khaosat::index {

// Where each respondent stands: PSU, and unit of the second stage with the root of n_h/N_h (both empty: one stage).
struct PersonPlaces {
  std::vector<std::uint32_t> psu;
  std::vector<std::uint32_t> second_stage_unit;
  std::vector<double> root;
  std::size_t count = 0;  // of all places
};

// Immutable; thread safe. `persons` must outlive it.
class PersonInfluences {
 public:
  PersonInfluences(const PersonSample& persons, PersonPlaces places);

  // Of the mean of an item over units, by place, ascending. Calibration on categories: cost is that of the units'
  // respondents and of the classes they share a margin with. On totals: that of all respondents.
  //
  // Residuals after raking are taken with the final weights for every margin. Those that each margin left behind differ from them
  // by the tolerance of raking, 1e-13.
  std::vector<estimate::PsuInfluence> of_mean(std::size_t item, const std::vector<std::string>& units, double mean) const;

 private:
  // Respondents alike in every margin, whose weights changed by one factor.
  struct Class {
    double factor = 1;
    double base = 0;   // sum of weights before
    double count = 0;  // respondents of positive weight
    std::size_t component = 0;
    std::vector<std::uint32_t> category;  // by margin, over all units
  };
  // What a class's respondents weigh in a place: before, and before times root in the second stage.
  struct Share {
    std::uint32_t place;
    double base;
  };

  void find_classes();
  void take_residuals(const std::vector<std::pair<std::uint32_t, double>>& by_class, std::vector<std::pair<std::uint32_t, double>>& taken) const;
  std::vector<estimate::PsuInfluence> dense(std::size_t item, const std::vector<std::string>& units, double mean) const;

  const PersonSample& persons_;
  PersonPlaces places_;
  std::map<std::string, std::vector<std::uint32_t>, std::less<>> rows_;  // of a unit, ascending
  bool by_class_ = false;
  bool raked_ = false;
  std::vector<std::uint32_t> class_of_;  // per respondent
  std::vector<Class> classes_;
  std::vector<std::vector<std::uint32_t>> components_;  // classes that share a category with one another
  std::vector<std::vector<Share>> shares_;              // per class
  std::vector<std::size_t> categories_;                 // per margin
};

}  // namespace khaosat::index
