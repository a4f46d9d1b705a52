#include "analysis/ranks/rank_sets.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "analysis/estimate/distributions.h"
#include "analysis/estimate/estimate.h"
#include "analysis/estimate/multiplicity.h"

namespace khaosat::ranks {
namespace {

using Values = std::span<const RankedValue>;

// Two-sided p-values of all differences, upper triangle in rows.
struct Pairs {
  std::size_t count = 0;
  std::vector<double> p;

  std::size_t at(std::size_t i, std::size_t j) const {
    const std::size_t a = std::min(i, j);
    const std::size_t b = std::max(i, j);
    return a * count - a * (a + 1) / 2 + (b - a - 1);
  }
};

// Satterthwaite 1946: the degrees of freedom of the sum of two variances.
double degrees_of_difference(const RankedValue& a, const RankedValue& b) {
  const double va = a.standard_error * a.standard_error;
  const double vb = b.standard_error * b.standard_error;
  const double below = va * va / a.degrees_of_freedom + vb * vb / b.degrees_of_freedom;
  return below > 0 ? (va + vb) * (va + vb) / below : std::numeric_limits<double>::infinity();
}

// Exact where it can matter: what is not significant by the normal distribution is not by any t, and counts as 1.
Pairs test_pairs(Values values, std::span<const double> covariance, double level) {
  const std::size_t n = values.size();
  const double hopeless = estimate::normal_quantile((1 + level) / 2);
  Pairs pairs{n, {}};
  pairs.p.reserve(n * (n - 1) / 2);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = i + 1; j < n; ++j) {
      const double shared = covariance.empty() ? 0 : covariance[i * n + j];
      const double variance = values[i].standard_error * values[i].standard_error +
                              values[j].standard_error * values[j].standard_error - 2 * shared;
      const double gap = std::fabs(values[i].value - values[j].value);
      if (!(variance > 0)) {
        pairs.p.push_back(gap > 0 ? 0 : 1);
        continue;
      }
      const double t = gap / std::sqrt(variance);
      pairs.p.push_back(t < hopeless ? 1 : 2 * estimate::student_t_upper(t, degrees_of_difference(values[i], values[j])));
    }
  }
  for (double& p : pairs.p) p = std::min(1.0, p);
  return pairs;
}

std::vector<RankSet> sets_from(Values values, const std::function<bool(std::size_t, std::size_t)>& told_apart) {
  std::vector<RankSet> sets;
  for (std::size_t i = 0; i < values.size(); ++i) {
    RankSet set{1, static_cast<std::uint32_t>(values.size())};
    for (std::size_t j = 0; j < values.size(); ++j) {
      if (i == j || !told_apart(i, j)) continue;
      if (values[j].value > values[i].value) ++set.best;
      if (values[j].value < values[i].value) --set.worst;
    }
    sets.push_back(set);
  }
  return sets;
}

std::vector<RankSet> from_intervals(Values values, double level) {
  std::vector<double> lowers;
  std::vector<double> uppers;
  for (const RankedValue& one : values) {
    const double reach = estimate::student_t_quantile((1 + level) / 2, one.degrees_of_freedom) * one.standard_error;
    lowers.push_back(one.value - reach);
    uppers.push_back(one.value + reach);
  }
  std::vector<double> sorted_lowers = lowers;
  std::vector<double> sorted_uppers = uppers;
  std::sort(sorted_lowers.begin(), sorted_lowers.end());
  std::sort(sorted_uppers.begin(), sorted_uppers.end());
  std::vector<RankSet> sets;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const auto above = sorted_lowers.end() - std::upper_bound(sorted_lowers.begin(), sorted_lowers.end(), uppers[k]);
    const auto under = std::lower_bound(sorted_uppers.begin(), sorted_uppers.end(), lowers[k]) - sorted_uppers.begin();
    sets.push_back({static_cast<std::uint32_t>(1 + above), static_cast<std::uint32_t>(static_cast<std::ptrdiff_t>(values.size()) - under)});
  }
  return sets;
}

// In order of value; equal values in the order given.
std::vector<std::size_t> best_first(Values values) {
  std::vector<std::size_t> order(values.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a].value > values[b].value; });
  return order;
}

Result<void> check(Values values, std::span<const double> covariance, double level) {
  if (values.size() < 2) return fail(ErrorCode::out_of_range, "ranks need two units or more with an error");
  if (!(level > 0 && level < 1)) return fail(ErrorCode::out_of_range, "the level lies between 0 and 1", "level");
  if (!covariance.empty() && covariance.size() != values.size() * values.size())
    return fail(ErrorCode::design_invalid, "the covariances do not fit the values");
  for (const RankedValue& one : values)
    if (!std::isfinite(one.value) || !(one.standard_error > 0) || !std::isfinite(one.standard_error) ||
        !(one.degrees_of_freedom > 0))
      return fail(ErrorCode::out_of_range, "every unit needs a value, an error above 0 and degrees of freedom");
  return {};
}

}  // namespace

Result<RankSets> rank_sets(Values values, std::span<const double> covariance, double level, Simultaneous simultaneous) {
  TRY_VOID(check(values, covariance, level));
  RankSets result;
  result.level = level;
  const double alpha = 1 - level;
  const std::size_t n = values.size();

  const auto order = best_first(values);
  result.rank.resize(n);
  for (std::size_t k = 0; k < n; ++k) {
    const bool tie = k > 0 && values[order[k]].value == values[order[k - 1]].value;
    result.rank[order[k]] = tie ? result.rank[order[k - 1]] : static_cast<std::uint32_t>(k + 1);
  }

  result.joint = from_intervals(values, simultaneous == Simultaneous::sidak ? estimate::sidak_level(level, n)
                                                                            : estimate::bonferroni_level(level, n));
  const Pairs pairs = test_pairs(values, covariance, level);
  const auto over_all = TRY(estimate::adjust_p_values(pairs.p, estimate::MultiplicityMethod::holm));
  const auto apart = [&](std::size_t i, std::size_t j) { return over_all[pairs.at(i, j)] < alpha; };
  result.joint_pairs = sets_from(values, apart);

  for (std::size_t i = 0; i < n; ++i) {
    std::vector<double> own;
    for (std::size_t j = 0; j < n; ++j)
      if (j != i) own.push_back(pairs.p[pairs.at(i, j)]);
    const auto adjusted = TRY(estimate::adjust_p_values(own, estimate::MultiplicityMethod::holm));
    RankSet set{1, static_cast<std::uint32_t>(n)};
    for (std::size_t j = 0, k = 0; j < n; ++j) {
      if (j == i) continue;
      if (adjusted[k++] >= alpha) continue;
      if (values[j].value > values[i].value) ++set.best;
      if (values[j].value < values[i].value) --set.worst;
    }
    result.marginal.push_back(set);
  }

  result.group.assign(n, 0);
  for (std::size_t k = 0; k < n; ++k) {
    if (result.group[order[k]] != 0) continue;
    ++result.groups;
    for (std::size_t later = k; later < n; ++later) {
      if (later > k && apart(order[k], order[later])) break;
      result.group[order[later]] = result.groups;
    }
  }
  return result;
}

Result<std::vector<RankSet>> possible_ranks(Values values, std::span<const double> covariance, double level) {
  TRY_VOID(check(values, covariance, level));
  const Pairs pairs = test_pairs(values, covariance, level);
  const auto over_all = TRY(estimate::adjust_p_values(pairs.p, estimate::MultiplicityMethod::holm));
  return sets_from(values, [&](std::size_t i, std::size_t j) { return over_all[pairs.at(i, j)] < 1 - level; });
}

namespace {

struct ScoresOfNode {
  std::vector<RankedValue> values;
  std::vector<double> covariance;  // empty: independent
};

Result<ScoresOfNode> scores_of(const estimate::SampleDesign& design, const index::IndexRun& run, std::size_t node,
                               std::span<const std::size_t> units) {
  ScoresOfNode scores;
  std::vector<estimate::LinearizedByPsu> parts;
  // Units that share no stratum are independent; otherwise all covariances are computed.
  std::map<std::uint32_t, std::size_t> unit_of_stratum;
  bool shared = false;
  for (const std::size_t unit : units) {
    const index::NodeScore& score = run.units[unit].scores[node];
    if (score.state != index::ScoreState::value || !score.estimate.standard_error)
      return fail(ErrorCode::not_comparable, "the unit has no sampling error here", "unit " + run.units[unit].id);
    scores.values.push_back({score.estimate.value, *score.estimate.standard_error, score.estimate.degrees_of_freedom});
    for (const auto& entry : score.influence) {
      const auto [first, fresh] = unit_of_stratum.emplace(design.stratum_of_psu()[entry.psu], unit);
      shared = shared || (!fresh && first->second != unit);
    }
    parts.push_back(index::linearized(score));
  }
  if (shared) scores.covariance = TRY(estimate::covariance_matrix(design, parts));
  return scores;
}

}  // namespace

Result<RankSets> rank_sets(const index::IndexRun& run, std::size_t node, std::span<const std::size_t> units,
                           double level, Simultaneous simultaneous) {
  const auto design = TRY(index::design_of(run));
  const auto scores = TRY(scores_of(design, run, node, units));
  return rank_sets(scores.values, scores.covariance, level, simultaneous);
}

Result<std::vector<RankSet>> possible_ranks(const estimate::SampleDesign& design, const index::IndexRun& run, std::size_t node,
                                            std::span<const std::size_t> units, double level) {
  const auto scores = TRY(scores_of(design, run, node, units));
  return possible_ranks(scores.values, scores.covariance, level);
}

}  // namespace khaosat::ranks
