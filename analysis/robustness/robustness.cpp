#include "analysis/robustness/robustness.h"

#include <algorithm>
#include <limits>

#include "analysis/index/aggregators.h"

namespace khaosat::robustness {
namespace {

// All units with an error above 0, or nothing: half a list of ranks would mislead.
std::optional<std::vector<ranks::RankedValue>> values_with_errors(const index::IndexRun& run, std::span<const std::size_t> units) {
  std::vector<ranks::RankedValue> values;
  for (const std::size_t unit : units) {
    const estimate::Estimate& estimate = run.units[unit].scores.front().estimate;
    if (!estimate.standard_error || !(*estimate.standard_error > 0)) return std::nullopt;
    values.push_back({estimate.value, *estimate.standard_error, estimate.degrees_of_freedom});
  }
  return values;
}

// The rule of disclosure::PublishedRank, among these units only; `places`: by value alone.
std::vector<std::optional<disclosure::PublishedRank>> ranks_among(const index::IndexRun& run, const disclosure::PublishedRun& published,
                                                                  std::span<const std::size_t> units, std::span<const std::uint32_t> places) {
  using Basis = disclosure::PublishedRank::Basis;
  std::vector<std::optional<disclosure::PublishedRank>> found(units.size());
  const auto design = index::design_of(run);
  const auto sets = design ? ranks::possible_ranks(*design, run, 0, units, run.level) : Result<std::vector<ranks::RankSet>>(fail(design.error()));
  for (std::size_t k = 0; k < units.size(); ++k) {
    const auto& told = published.units[units[k]].scores.front().rank;
    if (told && told->basis == Basis::as_given) found[k] = {places[k], places[k], Basis::as_given};
    else if (sets) found[k] = {(*sets)[k].best, (*sets)[k].worst, Basis::possible};
  }
  return found;
}

}  // namespace

std::vector<Factor> default_factors(const ScoreTree& tree) {
  std::vector<Factor> factors;
  const auto& nodes = tree.nodes();
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const auto* aggregator = index::find_aggregator(nodes[k].aggregate);
    if (aggregator == nullptr || !aggregator->is_mean || nodes[k].children.size() < 2 || aggregator->name == "minimum" ||
        aggregator->name == "maximum")
      continue;
    factors.push_back({"weights:" + nodes[k].id, FactorKind::weights, nodes[k].id, 0.25, {}});
    if (k != 0) continue;
    Variation geometric;
    geometric.aggregate[0] = "geometric_mean";
    if (tree.scores(geometric).has_value())
      factors.push_back({"aggregation:" + nodes[k].id, FactorKind::aggregation, nodes[k].id, 0, {"model", "geometric_mean"}});
  }
  return factors;
}

Result<Robustness> robustness(const index::IndexModel& model, const index::IndexRun& run,
                              const disclosure::PublishedRun& published, const RobustnessRequest& request) {
  const auto showable = disclosure::units_fully_shown(run, published);
  if (showable.units.size() < 2)
    return fail(ErrorCode::not_comparable, "fewer than two units can be shown in full, so there is no order to examine");
  const ScoreTree tree = TRY(ScoreTree::create(model, run, showable.units));
  Robustness result;
  result.model = run.model;
  result.title = run.title;
  result.year = run.year;
  result.seed = request.seed;
  result.draws = request.draws;
  result.factors = request.factors.empty() ? default_factors(tree) : request.factors;
  result.left_out = showable.left_out;
  const auto effective = tree.effective_weights();
  for (std::size_t k = 0; k < effective.size(); ++k) result.effective_weights[tree.nodes()[k].id] = effective[k];

  const auto uncertain = TRY(method_uncertainty(tree, result.factors, {request.draws, request.seed}));
  result.mean_rank_shift = uncertain.mean_rank_shift;
  SensitivityOptions options;
  options.points = request.points;
  options.seed = request.seed;
  result.sensitivity = TRY(method_sensitivity(tree, result.factors, options));
  const auto removals = TRY(remove_one(tree));
  for (const Comparison& one : removals) {
    RemovedNode removed{one.what, {}, one.mean_rank_shift, one.largest_rank_shift, one.rank_correlation};
    removed.title = run.nodes[*run.find_node(one.what)].title;
    result.removed.push_back(std::move(removed));
  }
  if (!request.what_if.empty()) result.what_if = TRY(what_if_weights(tree, request.what_if));
  std::optional<std::vector<RankSpread>> sampled;
  if (const auto values = values_with_errors(run, showable.units))
    sampled = TRY(sampling_uncertainty(*values, {request.draws, request.seed}));

  const auto ranks = ranks_among(run, published, showable.units, uncertain.ranks);
  for (std::size_t k = 0; k < showable.units.size(); ++k) {
    const disclosure::PublishedUnit& unit = published.units[showable.units[k]];
    RobustnessRow row{unit.id, unit.name, *unit.scores.front().value, uncertain.ranks[k], ranks[k], uncertain.spread[k], {}, {}};
    if (sampled) row.by_sampling = (*sampled)[k];
    if (result.what_if) row.what_if_gain = static_cast<int>(uncertain.ranks[k]) - static_cast<int>(result.what_if->ranks[k]);
    result.rows.push_back(std::move(row));
  }
  std::stable_sort(result.rows.begin(), result.rows.end(),
                   [](const RobustnessRow& a, const RobustnessRow& b) { return a.place < b.place; });
  return result;
}

}  // namespace khaosat::robustness
