#include "analysis/estimate/linearized.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace khaosat::estimate {
namespace {

// a + factor * b, both ascending by psu.
std::vector<PsuInfluence> add(const std::vector<PsuInfluence>& a,
                              const std::vector<PsuInfluence>& b, double factor) {
  std::vector<PsuInfluence> sum;
  sum.reserve(std::max(a.size(), b.size()));
  auto left = a.begin();
  auto right = b.begin();
  while (left != a.end() || right != b.end()) {
    if (right == b.end() || (left != a.end() && left->psu < right->psu)) {
      sum.push_back(*left++);
    } else if (left == a.end() || right->psu < left->psu) {
      sum.push_back({right->psu, factor * right->influence});
      ++right;
    } else {
      sum.push_back({left->psu, left->influence + factor * right->influence});
      ++left;
      ++right;
    }
  }
  return sum;
}

bool same_psus(const std::vector<PsuInfluence>& a, const std::vector<PsuInfluence>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const PsuInfluence& one, const PsuInfluence& other) { return one.psu == other.psu; });
}

// In the domain of any part.
void widen(Domain& domain, const Domain& other, bool first) {
  if (first) {
    domain = other;
  } else if (domain.empty() || other.empty()) {
    domain.clear();
  } else {
    for (std::size_t row = 0; row < domain.size(); ++row)
      domain[row] = domain[row] != 0 || other[row] != 0;
  }
}

template <typename Part>
double value_of(double constant, std::span<const Part> parts,
                std::span<const double> coefficients) {
  double value = constant;
  for (std::size_t k = 0; k < parts.size(); ++k) value += coefficients[k] * parts[k].value;
  return value;
}

Result<void> check_sums(std::span<const ItemSums> sums) {
  for (std::size_t k = 0; k < sums.size(); ++k) {
    if (k > 0 && sums[k].psu <= sums[k - 1].psu)
      return fail(ErrorCode::design_invalid, "sums must be ascending by PSU, one entry for each");
    if (!std::isfinite(sums[k].sum_of_weights) || !std::isfinite(sums[k].sum_of_weighted_scores))
      return fail(ErrorCode::design_invalid, "a sum is not finite",
                  "PSU " + std::to_string(sums[k].psu));
  }
  if (count_answered(sums) == 0)
    return fail(ErrorCode::no_valid_answers, "nobody gave a valid answer");
  return {};
}

}  // namespace

Linearized combine(double value, std::span<const Linearized> parts,
                   std::span<const double> gradient) {
  assert(parts.size() == gradient.size());
  Linearized result;
  result.value = value;
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const std::vector<double>& influence = parts[k].influence;
    if (k == 0) result.influence.assign(influence.size(), 0);
    assert(influence.size() == result.influence.size());
    for (std::size_t row = 0; row < influence.size(); ++row)
      result.influence[row] += gradient[k] * influence[row];
    widen(result.domain, parts[k].domain, k == 0);
  }
  return result;
}

LinearizedByPsu combine(double value, std::span<const LinearizedByPsu> parts,
                        std::span<const double> gradient) {
  std::vector<const LinearizedByPsu*> pointers;
  pointers.reserve(parts.size());
  for (const LinearizedByPsu& part : parts) pointers.push_back(&part);
  return combine(value, pointers, gradient);
}

LinearizedByPsu combine(double value, std::span<const LinearizedByPsu* const> parts,
                        std::span<const double> gradient) {
  assert(parts.size() == gradient.size());
  LinearizedByPsu result;
  result.value = value;
  if (parts.empty()) return result;
  // Part by part in either way, so that the bits are the same.
  result.influence.reserve(parts.front()->influence.size());
  for (const PsuInfluence& entry : parts.front()->influence)
    result.influence.push_back({entry.psu, gradient[0] * entry.influence});
  for (std::size_t k = 1; k < parts.size(); ++k) {
    const std::vector<PsuInfluence>& part = parts[k]->influence;
    if (same_psus(result.influence, part)) {
      for (std::size_t psu = 0; psu < part.size(); ++psu)
        result.influence[psu].influence += gradient[k] * part[psu].influence;
    } else {
      result.influence = add(result.influence, part, gradient[k]);
    }
  }
  return result;
}

Linearized linear_combination(double constant, std::span<const Linearized> parts,
                              std::span<const double> coefficients) {
  return combine(value_of(constant, parts, coefficients), parts, coefficients);
}

LinearizedByPsu linear_combination(double constant, std::span<const LinearizedByPsu> parts,
                                   std::span<const double> coefficients) {
  return combine(value_of(constant, parts, coefficients), parts, coefficients);
}

Linearized difference(const Linearized& first, const Linearized& second) {
  const std::array<Linearized, 2> parts = {first, second};
  return linear_combination(0, parts, std::array<double, 2>{1, -1});
}

LinearizedByPsu difference(const LinearizedByPsu& first, const LinearizedByPsu& second) {
  const std::array<LinearizedByPsu, 2> parts = {first, second};
  return linear_combination(0, parts, std::array<double, 2>{1, -1});
}

Result<LinearizedByPsu> sum_by_psu(const SampleDesign& design, const Linearized& linearized) {
  if (design.two_stage() || !design.residual_rules().empty())
    return fail(ErrorCode::design_invalid,
                "a two-stage or calibrated design needs influences per respondent, not per PSU");
  const std::size_t rows = design.rows();
  if (linearized.influence.size() != rows ||
      (!linearized.domain.empty() && linearized.domain.size() != rows))
    return fail(ErrorCode::design_invalid, "influences do not belong to this design");
  std::vector<double> sums(design.psu_count(), 0);
  std::vector<char> present(design.psu_count(), 0);
  const auto psu_of_row = design.psu_of_row();
  for (std::size_t row = 0; row < rows; ++row) {
    if (!linearized.domain.empty() && linearized.domain[row] == 0) continue;
    sums[psu_of_row[row]] += linearized.influence[row];
    present[psu_of_row[row]] = 1;
  }
  LinearizedByPsu result;
  result.value = linearized.value;
  for (std::size_t psu = 0; psu < sums.size(); ++psu)
    if (present[psu] != 0) result.influence.push_back({static_cast<std::uint32_t>(psu), sums[psu]});
  return result;
}

std::uint64_t count_answered(std::span<const ItemSums> sums) {
  std::uint64_t answered = 0;
  for (const ItemSums& psu : sums) answered += psu.n_answered;
  return answered;
}

Result<LinearizedByPsu> mean_from_sums(std::span<const ItemSums> sums) {
  TRY_VOID(check_sums(sums));
  double weight = 0;
  double score = 0;
  for (const ItemSums& psu : sums) {
    weight += psu.sum_of_weights;
    score += psu.sum_of_weighted_scores;
  }
  if (!(weight > 0))
    return fail(ErrorCode::weights_sum_to_zero, "those who answered have no weight");
  LinearizedByPsu mean;
  mean.value = score / weight;
  mean.influence.reserve(sums.size());
  // Divided once, as the kernels of analysis/columns do: the same bits on every way.
  const double inverse = 1 / weight;
  for (const ItemSums& psu : sums)
    if (psu.n_answered > 0)
      mean.influence.push_back(
          {psu.psu, (psu.sum_of_weighted_scores - mean.value * psu.sum_of_weights) * inverse});
  return mean;
}

Result<LinearizedByPsu> total_from_sums(std::span<const ItemSums> sums) {
  TRY_VOID(check_sums(sums));
  LinearizedByPsu total;
  total.influence.reserve(sums.size());
  for (const ItemSums& psu : sums) {
    total.value += psu.sum_of_weighted_scores;
    if (psu.n_answered > 0) total.influence.push_back({psu.psu, psu.sum_of_weighted_scores});
  }
  return total;
}

}  // namespace khaosat::estimate
