// Which choice makes a result move: shares of variance by factor, after Sobol. Pure; the same seed
// gives the same numbers on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace khaosat::robustness {

// A choice that is varied as a whole: one number in (0, 1), or several that belong together.
struct Dimensions {
  std::string id;
  std::size_t count = 1;
};

struct FactorShare {
  std::string factor;
  // First order: the share of variance that goes when this factor alone is fixed. Total: the share that
  // stays when all others are fixed. total - first: its part in interactions.
  double first = 0;
  double total = 0;
  // 5 and 95 % of bootstrap replicates over the sample points.
  double first_low = 0;
  double first_high = 0;
  double total_low = 0;
  double total_high = 0;
};

struct Sensitivity {
  double mean = 0;
  double variance = 0;  // over all base points
  std::vector<FactorShare> factors;
  std::size_t evaluations = 0;
};

struct SensitivityOptions {
  std::size_t points = 512;  // N; the function is evaluated N (factors + 2) times
  std::uint64_t seed = 604;
  std::size_t bootstrap = 200;
};

// One evaluation: all numbers of all factors in their order, in (0, 1); gives as many outputs every time.
using Evaluate = std::function<Result<std::vector<double>>(std::span<const double>)>;

// Estimators: first order mean(f(B) (f(A_B) - f(A))) / V, Saltelli et al. 2010; total
// mean((f(A) - f(A_B))^2) / 2V, Jansen 1999; V over A and B together; points are plain random ones.
// One result per output. An output that never moves has variance 0 and shares of 0.
// Refuses out_of_range (fewer than 8 points, no factor) and what the function refuses.
Result<std::vector<Sensitivity>> sensitivity(std::span<const Dimensions> factors, const Evaluate& evaluate,
                                             const SensitivityOptions& options = {});

}  // namespace khaosat::robustness
