#include "analysis/index/normalisations.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace khaosat::index {
namespace {

using Values = std::span<const std::optional<double>>;

// name, relative, needs anchors, uses range, uses ranks
constexpr std::array kNormalisations = {
    Normalisation{"none", false, false, false, false},
    Normalisation{"linear", false, false, false, false},
    Normalisation{"min_max", false, true, true, false},
    Normalisation{"observed_min_max", true, false, true, false},
    Normalisation{"z_score", true, false, false, false},
    Normalisation{"rank", true, false, false, true},
    Normalisation{"mean_rank", true, false, false, false},  // rank with ties "mean"
    Normalisation{"borda", true, false, false, true},
    Normalisation{"percentile_rank", true, false, false, true},
    Normalisation{"distance_to_maximum", true, false, false, false},
    Normalisation{"distance_to_reference", true, false, false, false},
    Normalisation{"distance_to_target", true, false, false, false},
    Normalisation{"fraction_of_maximum", true, false, false, false},
};

struct Spread {
  double lowest = 0;
  double highest = 0;
  double mean = 0;
  double deviation = 0;  // with n - 1
  std::size_t n = 0;
};

Spread spread_of(Values values) {
  Spread spread;
  double sum = 0;
  for (const auto& value : values) {
    if (!value) continue;
    spread.lowest = spread.n == 0 ? *value : std::min(spread.lowest, *value);
    spread.highest = spread.n == 0 ? *value : std::max(spread.highest, *value);
    sum += *value;
    ++spread.n;
  }
  if (spread.n == 0) return spread;
  spread.mean = sum / static_cast<double>(spread.n);
  double squares = 0;
  for (const auto& value : values)
    if (value) squares += (*value - spread.mean) * (*value - spread.mean);
  if (spread.n > 1) spread.deviation = std::sqrt(squares / static_cast<double>(spread.n - 1));
  return spread;
}

template <typename Function>
std::vector<std::optional<double>> each(Values values, Function function) {
  std::vector<std::optional<double>> result;
  for (const auto& value : values)
    result.push_back(value ? std::optional<double>(function(*value)) : std::nullopt);
  return result;
}

tl::unexpected<Error> degenerate(const std::string& method) {
  return fail(ErrorCode::anchor_degenerate,
              "all units have the same value, so \"" + method +
                  "\" has nothing to divide by; use fixed anchors");
}

}  // namespace

std::span<const Normalisation> normalisations() { return kNormalisations; }

const Normalisation* find_normalisation(std::string_view name) {
  for (const Normalisation& normalisation : kNormalisations)
    if (normalisation.name == name) return &normalisation;
  return nullptr;
}

std::vector<std::string> normalisation_names() {
  std::vector<std::string> names;
  for (const Normalisation& normalisation : kNormalisations) names.emplace_back(normalisation.name);
  return names;
}

Result<Scored> score_fixed(double raw, const Scoring& scoring, int direction, int year) {
  Scored scored;
  if (scoring.method == "linear") {
    scored.slope = direction * scoring.multiply / scoring.divide;
    scored.value = direction * raw * scoring.multiply / scoring.divide + scoring.add;
  } else if (scoring.method == "min_max") {
    const Anchor* anchor = scoring.anchor(year);
    if (anchor == nullptr || anchor->low == anchor->high)
      return fail(ErrorCode::anchor_degenerate,
                  "no usable anchor for " + std::to_string(year) + "; add one with its reason");
    const double width = scoring.to_high - scoring.to_low;
    const double range = anchor->high - anchor->low;
    const double from_start = direction > 0 ? raw - anchor->low : anchor->high - raw;
    scored.value = scoring.to_low + width * from_start / range;
    scored.slope = direction * width / range;
    if (scoring.clamp) {
      const double bottom = std::min(scoring.to_low, scoring.to_high);
      const double top = std::max(scoring.to_low, scoring.to_high);
      const double inside = std::clamp(scored.value, bottom, top);
      if (inside != scored.value) scored = {inside, 0, true};
    }
  } else {
    scored.value = direction * raw;
    scored.slope = direction;
  }
  if (!std::isfinite(scored.value) || !std::isfinite(scored.slope))
    return fail(ErrorCode::out_of_range, "the score is not a finite number");
  return scored;
}

std::optional<TieRule> find_tie_rule(std::string_view name) {
  if (name == "lowest") return TieRule::lowest;
  if (name == "mean") return TieRule::mean;
  if (name == "highest") return TieRule::highest;
  if (name == "dense") return TieRule::dense;
  return std::nullopt;
}

std::vector<std::optional<double>> ascending_ranks(Values values, TieRule ties) {
  std::vector<double> sorted;
  for (const auto& value : values)
    if (value) sorted.push_back(*value);
  std::sort(sorted.begin(), sorted.end());
  if (ties == TieRule::dense) sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return each(values, [&](double value) {
    const auto range = std::equal_range(sorted.begin(), sorted.end(), value);
    const double first = static_cast<double>(range.first - sorted.begin()) + 1;
    const double last = static_cast<double>(range.second - sorted.begin());
    if (ties == TieRule::mean) return (first + last) / 2;
    return ties == TieRule::highest ? last : first;
  });
}

Result<std::vector<std::optional<double>>> score_relative(Values raw,
                                                          std::span<const std::string> ids,
                                                          const Scoring& scoring, int direction) {
  const std::string& method = scoring.method;
  // Direction first: afterwards a large value is always good.
  const std::vector<std::optional<double>> directed =
      each(raw, [&](double value) { return direction * value; });
  const Spread spread = spread_of(directed);
  const double range = spread.highest - spread.lowest;
  if (spread.n == 0) return directed;

  if (method == "rank") return ascending_ranks(directed, scoring.ties);
  if (method == "mean_rank") return ascending_ranks(directed, TieRule::mean);
  if (method == "borda" || method == "percentile_rank") {
    const double others = static_cast<double>(spread.n) - 1;
    if (method == "percentile_rank" && others == 0) return degenerate(method);
    const double divisor = method == "borda" ? 1 : others;
    return each(ascending_ranks(directed, scoring.ties),
                [&](double rank) { return (rank - 1) / divisor; });
  }
  if (method == "fraction_of_maximum") {
    if (!(spread.highest > 0))
      return fail(ErrorCode::out_of_range,
                  "a fraction of the maximum needs a maximum above 0; choose another method");
    return each(directed, [&](double value) { return value / spread.highest; });
  }
  if (range == 0) return degenerate(method);
  if (method == "observed_min_max")
    return each(directed, [&](double value) {
      return scoring.to_low + (scoring.to_high - scoring.to_low) * (value - spread.lowest) / range;
    });
  if (method == "z_score")
    return each(directed, [&](double value) {
      return scoring.add + scoring.multiply * (value - spread.mean) / spread.deviation;
    });

  // Distances: 0 for the worst unit, 1 for the mark.
  double mark = spread.highest;
  if (method == "distance_to_target") mark = direction * scoring.target;
  if (method == "distance_to_reference") {
    const auto found = std::find(ids.begin(), ids.end(), scoring.reference_unit);
    if (found == ids.end() || !directed[static_cast<std::size_t>(found - ids.begin())])
      return fail(ErrorCode::definition_unknown,
                  "the reference unit " + scoring.reference_unit + " has no value in this run");
    mark = *directed[static_cast<std::size_t>(found - ids.begin())];
  }
  if (mark == spread.lowest) return degenerate(method);
  // Dividing by a negative distance would put the best unit last.
  if (mark < spread.lowest)
    return fail(ErrorCode::anchor_degenerate, "every unit is past the target already, so \"" + method +
                                                  "\" has no distance to measure; set a farther target");
  return each(directed, [&](double value) {
    const double score = (value - spread.lowest) / (mark - spread.lowest);
    return scoring.clamp ? std::min(score, 1.0) : score;
  });
}

}  // namespace khaosat::index
