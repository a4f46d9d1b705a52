#include "analysis/estimate/estimate.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.h"

namespace khaosat::estimate {
namespace {

double count_degrees(const SampleDesign& design, const std::vector<char>& psu_present) {
  double degrees = 0;
  for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum) {
    double psus = 0;
    for (std::size_t psu = design.first_psu(stratum); psu < design.first_psu(stratum + 1); ++psu)
      psus += psu_present[psu];
    if (psus > 0) degrees += psus - 1;
  }
  return degrees;
}

double degrees_over_influences(const SampleDesign& design, const Linearized& linearized) {
  return degrees_of_freedom(design, linearized.domain);
}

double degrees_over_influences(const SampleDesign& design, const LinearizedByPsu& linearized) {
  std::vector<std::uint32_t> psus;
  for (const PsuInfluence& entry : linearized.influence) psus.push_back(entry.psu);
  return degrees_of_freedom(design, psus);
}

bool everybody_sampled(const SampleDesign& design) {
  for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum)
    if (design.psus_in_population(stratum) > static_cast<double>(design.psus_sampled(stratum)))
      return false;
  if (!design.two_stage()) return true;
  for (std::size_t psu = 0; psu < design.psu_count(); ++psu)
    if (design.units_in_population(psu) >
        static_cast<double>(design.first_unit(psu + 1) - design.first_unit(psu)))
      return false;
  return true;
}

template <typename AnyLinearized>
Result<Estimate> estimate_of(const SampleDesign& design, const AnyLinearized& linearized,
                             const EstimateOptions& options) {
  if (!(options.level > 0 && options.level < 1))
    return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  if (!std::isfinite(linearized.value))
    return fail(ErrorCode::design_invalid, "the value is not finite");
  Estimate estimate;
  estimate.value = linearized.value;
  estimate.level = options.level;
  estimate.n = options.n;
  estimate.n_missing = options.n_missing;

  const Result<double> variance_found = variance(design, linearized);
  if (!variance_found) {
    if (variance_found.error().code != ErrorCode::lonely_psu) return fail(variance_found.error());
    estimate.flags = estimate.flags | EstimateFlag::lonely_psu;
    return estimate;
  }
  // Rounding may leave a trace below zero where the true variance is zero.
  const double error = std::sqrt(std::max(0.0, *variance_found));
  if (!std::isfinite(error)) return fail(ErrorCode::out_of_range, "answers or weights are so large that their variance cannot be computed");
  estimate.standard_error = error;
  if (error == 0)
    estimate.flags = estimate.flags | (everybody_sampled(design) ? EstimateFlag::complete_population
                                                                 : EstimateFlag::zero_variance);
  estimate.degrees_of_freedom = options.degrees_of_freedom
                                    ? *options.degrees_of_freedom
                                    : degrees_over_influences(design, linearized);
  if (!(estimate.degrees_of_freedom > 0)) {
    estimate.degrees_of_freedom = 0;
    estimate.flags = estimate.flags | EstimateFlag::no_degrees_of_freedom;
    return estimate;
  }
  const double t = student_t_quantile(0.5 + options.level / 2, estimate.degrees_of_freedom);
  estimate.lower = estimate.value - t * error;
  estimate.upper = estimate.value + t * error;
  return estimate;
}

}  // namespace

double degrees_of_freedom(const SampleDesign& design, const Domain& domain) {
  if (domain.empty()) return design_degrees_of_freedom(design);
  std::vector<char> present(design.psu_count(), 0);
  const auto weights = design.weights();
  const auto psu_of_row = design.psu_of_row();
  for (std::size_t row = 0; row < weights.size(); ++row)
    if (domain[row] != 0 && weights[row] != 0) present[psu_of_row[row]] = 1;
  return count_degrees(design, present);
}

double degrees_of_freedom(const SampleDesign& design, std::span<const std::uint32_t> psus) {
  // By what is asked for, not by the design: this is called for every unit of a large one.
  std::vector<std::uint32_t> sorted(psus.begin(), psus.end());
  if (!std::is_sorted(sorted.begin(), sorted.end())) std::sort(sorted.begin(), sorted.end());
  const auto stratum_of_psu = design.stratum_of_psu();
  double degrees = 0;
  for (std::size_t k = 0; k < sorted.size();) {
    const std::uint32_t stratum = stratum_of_psu[sorted[k]];
    double present = 0;
    for (; k < sorted.size() && stratum_of_psu[sorted[k]] == stratum; ++k)
      if (design.psu_has_weight(sorted[k])) present += 1;
    if (present > 0) degrees += present - 1;
  }
  return degrees;
}

double design_degrees_of_freedom(const SampleDesign& design) {
  std::vector<char> present(design.psu_count(), 0);
  for (std::size_t psu = 0; psu < present.size(); ++psu)
    present[psu] = design.psu_has_weight(psu) ? 1 : 0;
  return count_degrees(design, present);
}

Result<Estimate> estimate_from(const SampleDesign& design, const Linearized& linearized,
                               const EstimateOptions& options) {
  return estimate_of(design, linearized, options);
}

Result<Estimate> estimate_from(const SampleDesign& design, const LinearizedByPsu& linearized,
                               const EstimateOptions& options) {
  return estimate_of(design, linearized, options);
}

Estimate without_error(double value, EstimateFlag why, std::uint64_t n, std::uint64_t n_missing) {
  Estimate estimate;
  estimate.value = value;
  estimate.n = n;
  estimate.n_missing = n_missing;
  estimate.flags = why;
  return estimate;
}

}  // namespace khaosat::estimate
