// The recursion over stages of estimate.h. Rules for lonely PSUs follow R's survey, so that the
// same design gives the same number there.
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "analysis/estimate/estimate.h"
#include "analysis/estimate/stratum_rule.h"

namespace khaosat::estimate {
namespace {

// Two influences summed over a unit of some stage; the unit has rows in the domain.
struct UnitSums {
  double first = 0;
  double second = 0;
};

double divided(double part, double whole) { return std::isinf(whole) ? 0 : part / whole; }

struct StratumTerm {
  double covariance = 0;
  bool averaged = false;  // lonely, and to be given the mean of the other strata
};

Error lonely_error(const std::string& where) {
  return Error{ErrorCode::lonely_psu,
               "one PSU was sampled there: collapse the stratum or choose a policy", where, {}};
}

// `where()` names the place, should it be needed.
template <typename Where>
Result<StratumTerm> stratum_term(std::span<const UnitSums> present, std::size_t sampled,
                                 double population, const LonelyRules& rules, Where where) {
  const StratumRule rule = stratum_rule(sampled, population, present.size(), rules);
  StratumTerm term;
  if (rule.kind == StratumCase::complete) return term;
  if (rule.kind == StratumCase::refused) return fail(lonely_error(where()));
  if (rule.kind == StratumCase::averaged) {
    term.averaged = true;
    return term;
  }
  term.covariance = stratum_value<double>(
      rule, static_cast<double>(present.size()), [&](const auto& take) {
        for (const UnitSums& unit : present) take(unit.first, unit.second);
      });
  return term;
}

// Adds strata up; averaged ones count as the mean of the others.
class StrataSum {
 public:
  void add(const StratumTerm& term) {
    ++strata_;
    if (term.averaged) ++averaged_;
    sum_ += term.covariance;
  }
  Result<double> value(const std::string& where) const {
    if (averaged_ == 0) return sum_;
    if (averaged_ == strata_) return fail(lonely_error(where + ": nothing left to average over"));
    return sum_ * static_cast<double>(strata_) / static_cast<double>(strata_ - averaged_);
  }

 private:
  double sum_ = 0;
  std::size_t strata_ = 0;
  std::size_t averaged_ = 0;
};

// `units` ascending by PSU: the PSUs of the domain and their sums.
struct PsuSums {
  std::uint32_t psu = 0;
  UnitSums sums;
};

Result<double> first_stage(const SampleDesign& design, std::span<const PsuSums> psus) {
  const LonelyRules rules{design.lonely_policy(), design.lonely_in_domain()};
  StrataSum total;
  std::vector<UnitSums> present;
  for (std::size_t k = 0; k < psus.size();) {
    const std::uint32_t stratum = design.stratum_of_psu()[psus[k].psu];
    present.clear();
    const std::uint32_t end = design.first_psu(stratum + 1);
    for (; k < psus.size() && psus[k].psu < end; ++k) present.push_back(psus[k].sums);
    total.add(TRY(stratum_term(present, design.psus_sampled(stratum),
                               design.psus_in_population(stratum), rules,
                               [&] { return "stratum " + design.stratum_name(stratum); })));
  }
  return total.value("all strata");
}

// Influences per respondent after calibration, and who takes part.
struct Rows {
  std::vector<double> influence;
  bool everybody = false;
};

Result<void> check_rows(const SampleDesign& design, const Linearized& linearized) {
  const std::size_t rows = design.rows();
  if (linearized.influence.size() != rows ||
      (!linearized.domain.empty() && linearized.domain.size() != rows))
    return fail(ErrorCode::design_invalid, "influences do not belong to this design");
  for (const double influence : linearized.influence)
    if (!std::isfinite(influence))
      return fail(ErrorCode::design_invalid, "an influence is not finite");
  return {};
}

// With calibrated weights everyone's residual matters, also outside the domain.
Rows residuals(const SampleDesign& design, const Linearized& linearized) {
  Rows rows{linearized.influence, linearized.domain.empty()};
  for (const auto& rule : design.residual_rules()) {
    rule->apply(rows.influence);
    rows.everybody = true;
  }
  return rows;
}

// Sums per unit of a stage; `unit_of_row` in [0, units). Presence is that of either domain.
struct StageSums {
  std::vector<UnitSums> sums;
  std::vector<char> present;
};

StageSums sum_units(std::span<const std::uint32_t> unit_of_row, std::size_t units, const Rows& first,
                    const Rows& second, const Domain& first_domain, const Domain& second_domain) {
  StageSums stage{std::vector<UnitSums>(units), std::vector<char>(units, 0)};
  for (std::size_t row = 0; row < unit_of_row.size(); ++row) {
    const bool in_first = first.everybody || first_domain[row] != 0;
    const bool in_second = second.everybody || second_domain[row] != 0;
    if (!in_first && !in_second) continue;
    const std::uint32_t unit = unit_of_row[row];
    stage.present[unit] = 1;
    stage.sums[unit].first += first.influence[row];
    stage.sums[unit].second += second.influence[row];
  }
  return stage;
}

Result<double> second_stage(const SampleDesign& design, const StageSums& psus,
                            const StageSums& units) {
  const LonelyRules rules{design.lonely_policy(), design.lonely_in_domain()};
  double sum = 0;
  std::vector<UnitSums> present;
  for (std::size_t psu = 0; psu < psus.present.size(); ++psu) {
    if (psus.present[psu] == 0) continue;
    present.clear();
    for (std::uint32_t unit = design.first_unit(psu); unit < design.first_unit(psu + 1); ++unit)
      if (units.present[unit] != 0) present.push_back(units.sums[unit]);
    const std::size_t stratum = design.stratum_of_psu()[psu];
    const std::string where = "second stage of PSU " + std::to_string(design.psu_id(psu));
    StrataSum inside;
    inside.add(TRY(stratum_term(present, design.first_unit(psu + 1) - design.first_unit(psu),
                                design.units_in_population(psu), rules, [&] { return where; })));
    sum += divided(static_cast<double>(design.psus_sampled(stratum)),
                   design.psus_in_population(stratum)) *
           TRY(inside.value(where));
  }
  return sum;
}

Result<double> covariance_of(const SampleDesign& design, const Rows& first, const Rows& second,
                             const Domain& first_domain, const Domain& second_domain) {
  const StageSums by_psu = sum_units(design.psu_of_row(), design.psu_count(), first, second,
                                     first_domain, second_domain);
  std::vector<PsuSums> psus;
  for (std::size_t psu = 0; psu < by_psu.sums.size(); ++psu)
    if (by_psu.present[psu] != 0)
      psus.push_back({static_cast<std::uint32_t>(psu), by_psu.sums[psu]});
  double sum = TRY(first_stage(design, psus));
  if (design.two_stage()) {
    const std::size_t units = design.first_unit(design.psu_count());
    sum += TRY(second_stage(design, by_psu,
                            sum_units(design.unit_of_row(), units, first, second, first_domain,
                                      second_domain)));
  }
  return sum;
}

Result<void> check_psus(const SampleDesign& design, const LinearizedByPsu& linearized) {
  if (design.two_stage() || !design.residual_rules().empty())
    return fail(ErrorCode::design_invalid,
                "a two-stage or calibrated design needs influences per respondent, not per PSU");
  const std::size_t psus = design.psu_count();
  for (std::size_t k = 0; k < linearized.influence.size(); ++k) {
    const PsuInfluence& entry = linearized.influence[k];
    if (entry.psu >= psus || (k > 0 && entry.psu <= linearized.influence[k - 1].psu))
      return fail(ErrorCode::design_invalid, "influences do not belong to this design");
    if (!std::isfinite(entry.influence))
      return fail(ErrorCode::design_invalid, "an influence is not finite");
  }
  return {};
}

}  // namespace

StratumRule stratum_rule(std::size_t sampled, double population, std::size_t present,
                         const LonelyRules& rules) {
  const double n = static_cast<double>(sampled);
  const double correction = 1 - divided(n, population);
  StratumRule rule;
  rule.units = n;
  if (correction < 1e-7) return rule;  // everything was sampled

  const bool lonely = sampled == 1;
  const bool lonely_here = rules.lonely_in_domain && present == 1 && !lonely;
  if (lonely && (rules.policy == LonelyPsuPolicy::fail || rules.policy == LonelyPsuPolicy::collapse)) {
    rule.kind = StratumCase::refused;
  } else if (rules.policy == LonelyPsuPolicy::average && (lonely || lonely_here)) {
    rule.kind = StratumCase::averaged;
  } else if (rules.policy == LonelyPsuPolicy::adjust && (lonely || lonely_here)) {
    // The deviation of a single PSU from zero, the mean of all influences.
    rule.kind = StratumCase::around_zero;
  } else {
    rule.kind = StratumCase::around_mean;
  }
  rule.factor = lonely ? correction : correction * n / (n - 1);
  return rule;
}

Result<double> covariance(const SampleDesign& design, const Linearized& first,
                          const Linearized& second) {
  TRY_VOID(check_rows(design, first));
  TRY_VOID(check_rows(design, second));
  return covariance_of(design, residuals(design, first), residuals(design, second), first.domain,
                       second.domain);
}

Result<double> variance(const SampleDesign& design, const Linearized& linearized) {
  TRY_VOID(check_rows(design, linearized));
  const Rows rows = residuals(design, linearized);
  return covariance_of(design, rows, rows, linearized.domain, linearized.domain);
}

Result<double> covariance(const SampleDesign& design, const LinearizedByPsu& first,
                          const LinearizedByPsu& second) {
  TRY_VOID(check_psus(design, first));
  TRY_VOID(check_psus(design, second));
  std::vector<PsuSums> psus;
  psus.reserve(std::max(first.influence.size(), second.influence.size()));
  auto left = first.influence.begin();
  auto right = second.influence.begin();
  while (left != first.influence.end() || right != second.influence.end()) {
    const bool take_left = right == second.influence.end() ||
                           (left != first.influence.end() && left->psu <= right->psu);
    const bool take_right = left == first.influence.end() ||
                            (right != second.influence.end() && right->psu <= left->psu);
    PsuSums both;
    if (take_left) both = {left->psu, {left->influence, 0}};
    if (take_right) both = {right->psu, {both.sums.first, right->influence}};
    if (take_left) ++left;
    if (take_right) ++right;
    psus.push_back(both);
  }
  return first_stage(design, psus);
}

Result<double> variance(const SampleDesign& design, const LinearizedByPsu& linearized) {
  TRY_VOID(check_psus(design, linearized));
  std::vector<PsuSums> psus;
  psus.reserve(linearized.influence.size());
  for (const PsuInfluence& entry : linearized.influence)
    psus.push_back({entry.psu, {entry.influence, entry.influence}});
  return first_stage(design, psus);
}

Result<std::vector<double>> covariance_matrix(const SampleDesign& design,
                                              std::span<const Linearized> parts) {
  std::vector<Rows> rows;
  for (const Linearized& part : parts) {
    TRY_VOID(check_rows(design, part));
    rows.push_back(residuals(design, part));
  }
  std::vector<double> matrix(parts.size() * parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t j = i; j < parts.size(); ++j)
      matrix[i * parts.size() + j] = matrix[j * parts.size() + i] =
          TRY(covariance_of(design, rows[i], rows[j], parts[i].domain, parts[j].domain));
  return matrix;
}

namespace {

// Where nothing is lonely a covariance is the product of two rows of numbers: deviations from the mean of their stratum,
// each times the root of its factor. Made once for each part, they save most of the work of all pairs.
class Deviations {
 public:
  // Nothing where a rule for lonely PSUs could come in.
  static std::optional<Deviations> of(const SampleDesign& design, std::span<const LinearizedByPsu> parts) {
    Deviations made;
    if (design.lonely_in_domain() || !made.take(design)) return std::nullopt;
    for (const LinearizedByPsu& part : parts) made.add(design, part);
    return made;
  }

  double product(std::size_t first, std::size_t second) const {
    const double* a = rows_.data() + first * width_;
    const double* b = rows_.data() + second * width_;
    // Side by side, in a fixed order.
    double sums[4] = {0, 0, 0, 0};
    std::size_t k = 0;
    for (; k + 4 <= width_; k += 4)
      for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += a[k + lane] * b[k + lane];
    for (; k < width_; ++k) sums[0] += a[k] * b[k];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
  }

 private:
  bool take(const SampleDesign& design) {
    width_ = design.psu_count();
    for (std::size_t stratum = 0; stratum < design.stratum_count(); ++stratum) {
      const std::size_t sampled = design.psus_sampled(stratum);
      const StratumRule rule = stratum_rule(sampled, design.psus_in_population(stratum), sampled, {design.lonely_policy(), false});
      if (rule.kind != StratumCase::complete && rule.kind != StratumCase::around_mean) return false;
      roots_.push_back(rule.kind == StratumCase::complete ? 0 : std::sqrt(rule.factor));
    }
    return true;
  }

  void add(const SampleDesign& design, const LinearizedByPsu& part) {
    const std::size_t begin = rows_.size();
    rows_.resize(begin + width_, 0);
    double* row = rows_.data() + begin;
    for (std::size_t k = 0; k < part.influence.size();) {
      const std::uint32_t stratum = design.stratum_of_psu()[part.influence[k].psu];
      const std::uint32_t end = design.first_psu(stratum + 1);
      double sum = 0;
      for (; k < part.influence.size() && part.influence[k].psu < end; ++k) {
        row[part.influence[k].psu] = part.influence[k].influence;
        sum += part.influence[k].influence;
      }
      const double mean = sum / static_cast<double>(design.psus_sampled(stratum));
      for (std::uint32_t psu = design.first_psu(stratum); psu < end; ++psu) row[psu] = roots_[stratum] * (row[psu] - mean);
    }
  }

  std::size_t width_ = 0;
  std::vector<double> roots_;  // of the factor of each stratum
  std::vector<double> rows_;
};

}  // namespace

Result<std::vector<double>> covariance_matrix(const SampleDesign& design,
                                              std::span<const LinearizedByPsu> parts) {
  for (const LinearizedByPsu& part : parts) TRY_VOID(check_psus(design, part));
  const auto deviations = parts.size() > 2 ? Deviations::of(design, parts) : std::nullopt;
  std::vector<double> matrix(parts.size() * parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i)
    for (std::size_t j = i; j < parts.size(); ++j)
      matrix[i * parts.size() + j] = matrix[j * parts.size() + i] =
          deviations ? deviations->product(i, j) : TRY(covariance(design, parts[i], parts[j]));
  return matrix;
}

}  // namespace khaosat::estimate
