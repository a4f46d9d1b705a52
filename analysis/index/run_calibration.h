// What a run says about weights that were made to agree with the population. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace khaosat::index {

// The index of a unit as it is without calibration, to stand beside the one with it.
struct UncalibratedScore {
  std::string unit;
  double value = 0;
  std::optional<double> lower;
  std::optional<double> upper;
  // The two figures together single out a group of fewer people than the minimum: not to be shown.
  bool singles_out = false;
};

// Classes of one area put together, as one of them had too few respondents.
struct JoinedClasses {
  std::size_t margin = 0;  // in RunCalibration::margins
  std::string unit;        // empty: of all units
  std::vector<std::vector<std::string>> classes;  // options of each, in the order of the margin's questions
};

struct RunCalibration {
  bool applied = false;
  // Why not; empty where applied: unit_without_answers, unit_without_counts, too_many_unclassed, not_converged,
  // several_offices, no_weights.
  std::string refused;
  std::string detail;  // of a refusal, in English
  std::string method;   // post_stratification, raking; empty where refused before it was settled
  // Questions of each margin; "unit" before them where units are counted apart (question ids have no such word by rule
  // of the table's columns).
  std::vector<std::vector<std::string>> margins;
  std::string source;   // hexadecimal SHA-256 of the document that holds the counts
  std::uint64_t minimum = 0;         // respondents below which a class was joined with its neighbour
  std::vector<JoinedClasses> joined;
  int unclassed_percent = 0;         // respondents without a category, rounded to 5
  // Weight after by weight before, over respondents; 1 decimal.
  double lowest_factor = 1;
  double highest_factor = 1;
  std::vector<UncalibratedScore> without;  // of units with a value, in the order of the run
};

}  // namespace khaosat::index
