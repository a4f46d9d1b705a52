// What a stratum adds to a variance: the one formula of estimate.h, for a single number and for as
// many side by side as the processor takes at once (analysis/columns). Includes nothing on purpose:
// kernels compiled for special processors may not bring along code that others share.
#pragma once

#include <cstddef>

namespace khaosat::estimate {

// How the units of a stratum count; decided in variance.cpp by stratum_rule().
enum class StratumCase {
  complete,     // everything was sampled: adds nothing
  refused,      // a lonely unit and no policy
  averaged,     // to be given the mean of the other strata
  around_mean,  // deviations from the mean of the sampled units
  around_zero   // a lonely unit's deviation from zero
};

struct StratumRule {
  StratumCase kind = StratumCase::complete;
  double units = 0;   // sampled
  double factor = 0;  // (1 - n/N) n/(n-1), or (1 - n/N) where a unit is lonely
};

// The same for whoever has added the units up already, in the order of `each_unit`; zeros where deviations are from
// zero.
template <typename Value, typename Count, typename EachUnit>
Value stratum_value_about(const StratumRule& rule, Count present, const Value& first_sum, const Value& second_sum,
                          EachUnit each_unit) {
  Value first_mean{};
  Value second_mean{};
  if (rule.kind == StratumCase::around_mean) {
    first_mean = first_sum / rule.units;
    second_mean = second_sum / rule.units;
  }
  Value sum{};
  each_unit([&](const Value& first, const Value& second) {
    sum = sum + (first - first_mean) * (second - second_mean);
  });
  sum = sum + (rule.units - present) * first_mean * second_mean;
  return rule.factor * sum;
}

// factor * sum (z - mean z)(z' - mean z') over all sampled units. `each_unit(take)` calls
// take(z, z') for the units with rows in the domain, `present` of them; the others take part with
// zeros. `Value`: double, or numbers side by side, each of which comes to the same bits as alone.
// `Count`: a number or numbers side by side likewise.
template <typename Value, typename Count, typename EachUnit>
Value stratum_value(const StratumRule& rule, Count present, EachUnit each_unit) {
  Value first_sum{};
  Value second_sum{};
  if (rule.kind == StratumCase::around_mean) {
    each_unit([&](const Value& first, const Value& second) {
      first_sum = first_sum + first;
      second_sum = second_sum + second;
    });
  }
  return stratum_value_about<Value>(rule, present, first_sum, second_sum, each_unit);
}

}  // namespace khaosat::estimate
