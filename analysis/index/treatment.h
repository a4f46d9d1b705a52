// Filling in and taming raw indicator values before they become scores. Everything done is reported
// in words, so that a run can print it. Not for survey estimates. Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/index/transforms.h"

namespace khaosat::index {

// Sample skewness G1 and excess kurtosis G2, corrected for small samples (Joanes & Gill 1998);
// 0 where not defined (fewer than 3 or 4 values, or all equal).
struct Shape {
  double skew = 0;
  double kurtosis = 0;
};
Shape shape_of(std::span<const std::optional<double>> values);

struct Treatment {
  std::vector<std::size_t> changed;  // indexes of units whose value is another now
  std::string words;                 // what was done; empty: nothing
};

// THE LIST: mean, median, group_mean, group_median, regression, and earlier_value, which the engine
// carries forward itself.
std::span<const std::string> imputation_methods();

struct ImputationHelp {
  std::vector<std::string> groups;    // of each unit, for group_mean and group_median
  std::vector<RawValues> predictors;  // one per column of Imputation::on, for regression
};

// A group without any value takes that of all units. Regression is by least squares with a constant, over
// the units that have everything; a unit without its predictors stays missing, and so do all where fewer
// than predictors + 2 units are complete or predictors repeat each other. Values stay missing where nobody
// has one.
Treatment impute(RawValues& values, const Imputation& rule, const ImputationHelp& help);

// While |skew| and kurtosis both exceed their limits the most extreme values on the skewed side are
// pulled to the next ones, at most `most_points` times (tied values move together and count once); if
// that is not enough the original values go onto the curve of last resort instead (COINr: winsorise, then
// log_CT). Refuses what bend() refuses.
Result<Treatment> treat_outliers(RawValues& values, const OutlierRule& rule);

}  // namespace khaosat::index
