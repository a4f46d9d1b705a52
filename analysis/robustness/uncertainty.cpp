#include "analysis/robustness/uncertainty.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.h"
#include "analysis/index/aggregators.h"
#include "analysis/index/normalisations.h"
#include "analysis/robustness/random_stream.h"

namespace khaosat::robustness {
namespace {

constexpr std::size_t kMostDraws = 1000000;

Result<std::size_t> node_at(const ScoreTree& tree, const std::string& id) {
  for (std::size_t k = 0; k < tree.nodes().size(); ++k)
    if (tree.nodes()[k].id == id) return k;
  return fail(ErrorCode::definition_unknown, "the index has no such node", id);
}

// A factor with its nodes found: how many numbers it needs and what they do.
struct Prepared {
  const Factor* factor = nullptr;
  std::vector<std::size_t> nodes;
  std::size_t numbers = 1;
};

Result<Prepared> prepare(const ScoreTree& tree, const Factor& factor) {
  Prepared prepared{&factor, {}, 1};
  if (factor.kind == FactorKind::leaf_scoring) {
    if (factor.choices.empty()) return fail(ErrorCode::out_of_range, "name the ways to score", factor.id);
    const auto known = leaf_scorings();
    for (const std::string& choice : factor.choices)
      if (choice != "model" && std::find(known.begin(), known.end(), choice) == known.end())
        return fail(ErrorCode::definition_unknown, "there is no such way to score all leaves", choice);
    return prepared;
  }
  if (factor.kind == FactorKind::weights) {
    if (!(factor.spread > 0 && factor.spread <= 1))
      return fail(ErrorCode::out_of_range, "the spread of weights lies above 0 and up to 1", factor.id);
    const std::size_t node = factor.node.empty() ? 0 : TRY(node_at(tree, factor.node));
    if (tree.nodes()[node].children.empty()) return fail(ErrorCode::out_of_range, "the node has no children", factor.node);
    prepared.nodes = {node};
    prepared.numbers = tree.nodes()[node].children.size();
    return prepared;
  }
  if (factor.choices.empty()) return fail(ErrorCode::out_of_range, "name the ways to combine", factor.id);
  for (const std::string& choice : factor.choices)
    if (choice != "model" && index::find_aggregator(choice) == nullptr)
      return fail(ErrorCode::definition_unknown, "there is no such way to combine scores", choice);
  if (!factor.node.empty()) {
    prepared.nodes = {TRY(node_at(tree, factor.node))};
  } else {
    for (std::size_t k = 0; k < tree.nodes().size(); ++k) {
      const auto* aggregator = index::find_aggregator(tree.nodes()[k].aggregate);
      if (aggregator != nullptr && aggregator->is_mean) prepared.nodes.push_back(k);
    }
  }
  return prepared;
}

Result<std::vector<Prepared>> prepare_all(const ScoreTree& tree, std::span<const Factor> factors) {
  if (factors.empty()) return fail(ErrorCode::out_of_range, "name at least one factor to vary");
  std::vector<Prepared> prepared;
  for (const Factor& factor : factors) prepared.push_back(TRY(prepare(tree, factor)));
  return prepared;
}

const std::string& chosen(const Factor& factor, double number) {
  const std::size_t at = static_cast<std::size_t>(number * static_cast<double>(factor.choices.size()));
  return factor.choices[std::min(at, factor.choices.size() - 1)];
}

Variation variation_of(const ScoreTree& tree, const std::vector<Prepared>& factors, std::span<const double> numbers) {
  Variation variation;
  std::size_t at = 0;
  for (const Prepared& prepared : factors) {
    const Factor& factor = *prepared.factor;
    if (factor.kind == FactorKind::weights) {
      const std::size_t node = prepared.nodes.front();
      std::vector<double> weights = tree.weights_of(node);
      for (std::size_t k = 0; k < weights.size(); ++k) weights[k] *= 1 + factor.spread * (2 * numbers[at + k] - 1);
      variation.weights[node] = std::move(weights);
    } else if (const std::string& choice = chosen(factor, numbers[at]); choice != "model") {
      if (factor.kind == FactorKind::leaf_scoring) {
        variation.leaf_scoring = choice;
      } else {
        for (const std::size_t node : prepared.nodes) variation.aggregate[node] = choice;
      }
    }
    at += prepared.numbers;
  }
  return variation;
}

double shift_between(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += std::fabs(static_cast<double>(a[k]) - static_cast<double>(b[k]));
  return sum / static_cast<double>(a.size());
}

double percentile(const std::vector<std::uint32_t>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const std::size_t below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (static_cast<double>(sorted[above]) - sorted[below]);
}

RankSpread spread_of(std::vector<std::uint32_t> ranks) {
  std::sort(ranks.begin(), ranks.end());
  RankSpread spread;
  for (const std::uint32_t rank : ranks) spread.mean += static_cast<double>(rank) / static_cast<double>(ranks.size());
  spread.median = percentile(ranks, 0.5);
  spread.low = percentile(ranks, 0.05);
  spread.high = percentile(ranks, 0.95);
  return spread;
}

Result<void> check(const SimulationOptions& options) {
  if (options.draws < 1 || options.draws > kMostDraws)
    return fail(ErrorCode::out_of_range, "the number of draws lies between 1 and " + std::to_string(kMostDraws));
  return {};
}

double correlation(std::span<const double> first, std::span<const double> second) {
  const auto ranks = [](std::span<const double> scores) {
    return index::ascending_ranks(std::vector<std::optional<double>>(scores.begin(), scores.end()), index::TieRule::mean);
  };
  const auto a = ranks(first);
  const auto b = ranks(second);
  const double middle = (static_cast<double>(a.size()) + 1) / 2;
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    aa += (*a[k] - middle) * (*a[k] - middle);
    bb += (*b[k] - middle) * (*b[k] - middle);
    ab += (*a[k] - middle) * (*b[k] - middle);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 1;
}

Result<Comparison> compared(const ScoreTree& tree, const Variation& variation, std::string what) {
  const auto nominal = TRY(tree.scores({}));
  Comparison comparison;
  comparison.what = std::move(what);
  comparison.scores = TRY(tree.scores(variation));
  comparison.ranks = ranks_of(comparison.scores);
  const auto before = ranks_of(nominal);
  comparison.mean_rank_shift = shift_between(before, comparison.ranks);
  for (std::size_t k = 0; k < before.size(); ++k) {
    const std::uint32_t shift = std::max(before[k], comparison.ranks[k]) - std::min(before[k], comparison.ranks[k]);
    comparison.largest_rank_shift = std::max(comparison.largest_rank_shift, shift);
  }
  comparison.rank_correlation = correlation(nominal, comparison.scores);
  return comparison;
}

}  // namespace

std::string_view name_of(FactorKind kind) {
  switch (kind) {
    case FactorKind::weights: return "weights";
    case FactorKind::aggregation: return "aggregation";
    case FactorKind::leaf_scoring: return "leaf_scoring";
  }
  return "weights";
}

Result<MethodUncertainty> method_uncertainty(const ScoreTree& tree, std::span<const Factor> factors,
                                             const SimulationOptions& options) {
  TRY_VOID(check(options));
  const auto prepared = TRY(prepare_all(tree, factors));
  std::size_t numbers = 0;
  for (const Prepared& one : prepared) numbers += one.numbers;
  MethodUncertainty result;
  result.draws = options.draws;
  result.scores = TRY(tree.scores({}));
  result.ranks = ranks_of(result.scores);
  std::vector<std::vector<std::uint32_t>> ranks(tree.unit_count());
  RandomStream random(options.seed);
  std::vector<double> point(numbers);
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    for (double& number : point) number = random.uniform();
    const auto drawn = ranks_of(TRY(tree.scores(variation_of(tree, prepared, point))));
    for (std::size_t unit = 0; unit < drawn.size(); ++unit) ranks[unit].push_back(drawn[unit]);
    result.mean_rank_shift += shift_between(result.ranks, drawn) / static_cast<double>(options.draws);
  }
  for (auto& of_unit : ranks) result.spread.push_back(spread_of(std::move(of_unit)));
  return result;
}

Result<Sensitivity> method_sensitivity(const ScoreTree& tree, std::span<const Factor> factors,
                                       const SensitivityOptions& options) {
  const auto prepared = TRY(prepare_all(tree, factors));
  std::vector<Dimensions> dimensions;
  for (const Prepared& one : prepared) dimensions.push_back({one.factor->id, one.numbers});
  const auto nominal = ranks_of(TRY(tree.scores({})));
  const auto evaluate = [&](std::span<const double> point) -> Result<std::vector<double>> {
    const auto ranks = ranks_of(TRY(tree.scores(variation_of(tree, prepared, point))));
    return std::vector<double>{shift_between(nominal, ranks)};
  };
  auto results = TRY(sensitivity(dimensions, evaluate, options));
  return std::move(results.front());
}

Result<std::vector<RankSpread>> sampling_uncertainty(std::span<const ranks::RankedValue> values, const SimulationOptions& options) {
  TRY_VOID(check(options));
  for (const ranks::RankedValue& one : values)
    if (!std::isfinite(one.value) || !(one.standard_error >= 0) || !std::isfinite(one.standard_error))
      return fail(ErrorCode::out_of_range, "every unit needs a value and an error");
  std::vector<std::vector<std::uint32_t>> ranks(values.size());
  RandomStream random(options.seed);
  std::vector<double> drawn(values.size());
  for (std::size_t draw = 0; draw < options.draws; ++draw) {
    for (std::size_t k = 0; k < values.size(); ++k)
      drawn[k] = values[k].value + values[k].standard_error * estimate::normal_quantile(random.uniform());
    const auto order = ranks_of(drawn);
    for (std::size_t k = 0; k < values.size(); ++k) ranks[k].push_back(order[k]);
  }
  std::vector<RankSpread> spread;
  for (auto& of_unit : ranks) spread.push_back(spread_of(std::move(of_unit)));
  return spread;
}

Result<Comparison> what_if_weights(const ScoreTree& tree, const std::map<std::string, double>& weights) {
  Variation variation;
  for (const auto& [id, weight] : weights) {
    const std::size_t node = TRY(node_at(tree, id));
    const auto& parent = tree.nodes()[node].parent;
    const auto* aggregator = parent ? index::find_aggregator(tree.nodes()[*parent].aggregate) : nullptr;
    if (aggregator == nullptr || !(aggregator->takes_weights || aggregator->is_mean) || aggregator->name == "minimum" ||
        aggregator->name == "maximum")
      return fail(ErrorCode::definition_unknown, "nothing above this node takes a weight", id);
    if (!(weight >= 0) || !std::isfinite(weight))
      return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", id);
    const auto [place, fresh] = variation.weights.emplace(*parent, std::vector<double>{});
    if (fresh) place->second = tree.weights_of(*parent);
    const auto& siblings = tree.nodes()[*parent].children;
    place->second[static_cast<std::size_t>(std::find(siblings.begin(), siblings.end(), node) - siblings.begin())] = weight;
  }
  for (const auto& [node, changed] : variation.weights)
    if (std::all_of(changed.begin(), changed.end(), [](double weight) { return weight == 0; }))
      return fail(ErrorCode::weights_sum_to_zero, "all weights below the node are 0", tree.nodes()[node].id);
  return compared(tree, variation, "");
}

Result<std::vector<Comparison>> remove_one(const ScoreTree& tree, const std::string& parent) {
  const std::size_t node = parent.empty() ? 0 : TRY(node_at(tree, parent));
  std::vector<Comparison> comparisons;
  const auto& children = tree.nodes()[node].children;
  for (const std::size_t child : children) {
    if (children.size() < 2) break;
    Variation variation;
    variation.removed = {child};
    comparisons.push_back(TRY(compared(tree, variation, tree.nodes()[child].id)));
  }
  return comparisons;
}

}  // namespace khaosat::robustness
