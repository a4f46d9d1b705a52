#include "analysis/quality/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "analysis/estimate/distributions.h"

namespace khaosat::quality {

Result<Confirmation> confirmation(std::uint64_t recontacted, std::uint64_t confirmed, double level) {
  if (recontacted == 0 || confirmed > recontacted) {
    return fail(ErrorCode::out_of_range, "a back-check needs people reached, and no more confirmations than people");
  }
  if (!(level > 0 && level < 1)) return fail(ErrorCode::out_of_range, "the level must lie between 0 and 1");
  const double n = static_cast<double>(recontacted);
  Confirmation result{recontacted, confirmed, static_cast<double>(confirmed) / n, {}, {}};
  result.exact = estimate::clopper_pearson(static_cast<double>(confirmed), n, level);
  result.wilson = estimate::wilson(result.share, n, estimate::normal_quantile(0.5 + level / 2));
  return result;
}

Result<Agreement> agreement(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second, std::size_t options, double level) {
  if (first.size() != second.size()) return fail(ErrorCode::design_invalid, "both conversations need the same number of answers");
  if (first.empty()) return fail(ErrorCode::no_valid_answers, "nobody answered twice");
  if (options < 2 || !(level > 0 && level < 1)) return fail(ErrorCode::out_of_range, "at least two options, and a level between 0 and 1");
  const double n = static_cast<double>(first.size());
  std::vector<double> rows(options, 0);
  std::vector<double> columns(options, 0);
  std::vector<double> cells(options * options, 0);
  for (std::size_t at = 0; at < first.size(); ++at) {
    if (first[at] >= options || second[at] >= options) return fail(ErrorCode::out_of_range, "an answer beyond the last option");
    rows[first[at]] += 1 / n;
    columns[second[at]] += 1 / n;
    cells[first[at] * options + second[at]] += 1 / n;
  }
  Agreement result;
  result.n = first.size();
  double apart = 0;
  double apart_by_chance = 0;
  for (std::size_t i = 0; i < options; ++i) {
    result.observed += cells[i * options + i];
    result.expected += rows[i] * columns[i];
    for (std::size_t j = 0; j < options; ++j) {
      const double distance = static_cast<double>(i) - static_cast<double>(j);
      apart += distance * distance * cells[i * options + j];
      apart_by_chance += distance * distance * rows[i] * columns[j];
    }
  }
  if (apart_by_chance > 0) result.weighted_kappa = 1 - apart / apart_by_chance;
  const double room = 1 - result.expected;
  if (room <= 1e-12) return result;
  const double kappa = (result.observed - result.expected) / room;
  double diagonal = 0;
  double off = 0;
  for (std::size_t i = 0; i < options; ++i) {
    const double own = room - (rows[i] + columns[i]) * (1 - result.observed);
    diagonal += cells[i * options + i] * own * own;
    for (std::size_t j = 0; j < options; ++j) {
      const double mixed = columns[i] + rows[j];
      if (i != j) off += cells[i * options + j] * mixed * mixed;
    }
  }
  const double rest = result.observed * result.expected - 2 * result.expected + result.observed;
  const double variance = (diagonal + (1 - result.observed) * (1 - result.observed) * off - rest * rest) / (n * std::pow(room, 4));
  const double error = std::sqrt(std::max(0.0, variance));
  const double reach = estimate::normal_quantile(0.5 + level / 2) * error;
  result.kappa = kappa;
  result.standard_error = error;
  result.interval = estimate::Interval{std::max(-1.0, kappa - reach), std::min(1.0, kappa + reach)};
  return result;
}

namespace {

struct Checked {
  double n = 0;
  double yes = 0;
};

struct ClusterShare {
  double share = 0;
  double design_effect = 1;
  estimate::Interval interval;
};

Result<ClusterShare> share_by_cluster(const std::map<std::uint32_t, Checked>& clusters, double level) {
  double n = 0;
  double yes = 0;
  for (const auto& [id, one] : clusters) {
    n += one.n;
    yes += one.yes;
  }
  ClusterShare result;
  result.share = yes / n;
  const double simple = result.share * (1 - result.share) / n;
  const auto count = static_cast<double>(clusters.size());
  estimate::ProportionInput input{result.share, simple, std::numeric_limits<double>::infinity(), static_cast<std::uint64_t>(n), level, 1};
  if (clusters.size() >= 2 && simple > 0) {
    double squares = 0;
    for (const auto& [id, one] : clusters) {
      const double apart = (one.yes - result.share * one.n) / n;
      squares += apart * apart;
    }
    // Places that happen to agree better than luck are no reason for a narrower interval.
    input.variance = std::max(simple, squares * count / (count - 1));
    input.degrees_of_freedom = count - 1;
    result.design_effect = input.variance / simple;
  }
  result.interval = TRY(estimate::proportion_interval(estimate::ProportionMethod::wilson, input));
  return result;
}

}  // namespace

Result<BackCheck> back_check(std::span<const BackCheckCell> cells, std::size_t options, double level) {
  std::vector<std::uint8_t> first;
  std::vector<std::uint8_t> second;
  std::map<std::uint32_t, Checked> all;
  std::map<std::uint32_t, Checked> interviewed;
  for (const BackCheckCell& cell : cells) {
    if (cell.people == 0) continue;
    first.insert(first.end(), cell.people, cell.reported);
    second.insert(second.end(), cell.people, cell.found);
    const auto people = static_cast<double>(cell.people);
    Checked& here = all[cell.cluster];
    here.n += people;
    here.yes += cell.reported == cell.found ? people : 0;
    if (cell.reported != 0) continue;
    Checked& asked = interviewed[cell.cluster];
    asked.n += people;
    asked.yes += cell.found == 0 ? people : 0;
  }
  BackCheck result;
  result.agreement = TRY(agreement(first, second, options, level));
  result.clusters = all.size();
  const ClusterShare agreed = TRY(share_by_cluster(all, level));
  result.agreed = agreed.interval;
  if (result.agreement.kappa && result.agreement.standard_error) {
    const double error = *result.agreement.standard_error * std::sqrt(agreed.design_effect);
    const double reach = estimate::normal_quantile(0.5 + level / 2) * error;
    result.agreement.standard_error = error;
    result.agreement.interval = estimate::Interval{std::max(-1.0, *result.agreement.kappa - reach), std::min(1.0, *result.agreement.kappa + reach)};
  }
  if (interviewed.empty()) return result;
  const ClusterShare confirmed = TRY(share_by_cluster(interviewed, level));
  for (const auto& [id, one] : interviewed) result.reported_interviewed += static_cast<std::uint64_t>(one.n);
  result.confirmed = confirmed.share;
  result.confirmed_interval = confirmed.interval;
  return result;
}

Result<std::uint64_t> sample_to_find_one(std::uint64_t forms, double share, double chance) {
  if (forms == 0 || !(share > 0 && share <= 1) || !(chance > 0 && chance < 1)) {
    return fail(ErrorCode::out_of_range, "forms, a share above 0 and a chance between 0 and 1 are needed");
  }
  const auto made_up = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(forms) - 1e-9));
  double none = 1;  // chance to meet none, without putting back
  std::uint64_t drawn = 0;
  while (drawn < forms && none > 1 - chance) {
    const double honest = static_cast<double>(forms - made_up) - static_cast<double>(drawn);
    none *= std::max(0.0, honest) / static_cast<double>(forms - drawn);
    ++drawn;
  }
  return drawn;
}

}  // namespace khaosat::quality
