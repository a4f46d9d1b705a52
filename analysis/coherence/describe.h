// What one column of numbers, or two beside each other, look like. Missing values are left out; what is
// not defined is absent, never not-a-number. Pure; thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace khaosat::coherence {

using Column = std::vector<std::optional<double>>;  // one per unit

struct Description {
  std::size_t units = 0;  // with and without a value
  std::size_t n = 0;      // with a value
  double lowest = 0;
  double highest = 0;
  double mean = 0;
  double median = 0;
  std::optional<double> deviation;  // with n - 1; n >= 2
  std::optional<double> skew;       // G1; n >= 3, not all equal
  std::optional<double> kurtosis;   // G2, excess; n >= 4, not all equal
  std::size_t zeros = 0;
  std::size_t distinct = 0;
  std::size_t most_alike = 0;  // how many units share the most frequent value
};
Description describe(const Column& values);

struct Correlation {
  double r = 0;
  std::size_t n = 0;     // units with both values
  double p_value = 1;    // two-sided, t with n - 2; 0 where |r| = 1
};
// Pearson's. Nothing with fewer than 3 units or a column without spread.
std::optional<Correlation> correlate(const Column& a, const Column& b);
// 95 % by Fisher's z (Biometrika 10, 1915): of the units as they are, without the sampling error of their values.
// Nothing with fewer than 4 units or |r| = 1.
struct CorrelationInterval {
  double lower;
  double upper;
};
std::optional<CorrelationInterval> interval_of(const Correlation& correlation);
// Spearman's: of mean ranks among the units with both values.
std::optional<Correlation> correlate_ranks(const Column& a, const Column& b);

// Cronbach's alpha from covariances of the units that have both values of a pair: k/(k-1) times the share
// of covariances in the sum of the matrix. Nothing with fewer than 2 columns, a pair without 2 units, or a sum
// that is not above 0.
std::optional<double> cronbach_alpha(std::span<const Column> columns);

}  // namespace khaosat::coherence
