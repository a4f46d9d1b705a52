// Adjusting p-values for many tests at once. Pure, thread safe.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat::estimate {

enum class MultiplicityMethod {
  bonferroni,
  sidak,               // independent tests, single step
  holm,                // family-wise error, any dependence: components within a unit
  hochberg,            // family-wise error, positive dependence
  benjamini_hochberg,  // false discovery rate: units within a publication
  benjamini_yekutieli  // false discovery rate, any dependence
};
std::string_view name_of(MultiplicityMethod method);

// Adjusted p-values in the order given; each in [0, 1] or the whole is refused (out_of_range).
Result<std::vector<double>> adjust_p_values(std::span<const double> p, MultiplicityMethod method);

// The level of each of `tests` intervals that hold jointly with `level` if independent (Šidák) or
// in any case (Bonferroni). level in (0, 1), tests >= 1.
double sidak_level(double level, std::size_t tests);
double bonferroni_level(double level, std::size_t tests);

}  // namespace khaosat::estimate
