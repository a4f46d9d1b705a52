// Filling in and taming raw indicator values before they become scores. Everything done is reported
// in words, so that a run can print it. Not for survey estimates. Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/index_model.h"

namespace khaosat::index {

using RawValues = std::vector<std::optional<double>>;  // one per unit

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

// `groups`: the group of each unit, for group_mean and group_median; a group without any value takes
// that of all units. Values stay missing where nobody has one.
Treatment impute(RawValues& values, const Imputation& rule, std::span<const std::string> groups);

// While |skew| and kurtosis both exceed their limits the most extreme values on the skewed side are
// pulled to the next ones, at most `most_points` times; if that is not enough the original values go
// onto log(x - min + 0.01 (max - min)) instead (COINr: winsorise, log_CT).
Treatment treat_outliers(RawValues& values, const OutlierRule& rule);

// log(x - min + 0.01 (max - min)); all equal: unchanged.
void logarithm(RawValues& values);

}  // namespace khaosat::index
