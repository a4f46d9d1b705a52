// Weights from the data: the first principal component of standardised scores. Pure; thread safe.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"

namespace khaosat::index {

struct PrincipalComponents {
  // Descending; of the correlation matrix. Standard deviations of components are their roots.
  std::vector<double> eigenvalues;
  // Coefficients of the first component, of length 1, signed so that their sum is positive.
  std::vector<double> first;
};

// Correlations of the columns, row-major. `columns`: one per variable, complete and of equal length.
// Refuses no_valid_answers with fewer than 3 rows or a column without spread.
Result<std::vector<double>> correlations(std::span<const std::vector<double>> columns);

// Refuses not_converged, and
// no_valid_answers, as above.
Result<PrincipalComponents> principal_components(std::span<const std::vector<double>> columns);

}  // namespace khaosat::index
